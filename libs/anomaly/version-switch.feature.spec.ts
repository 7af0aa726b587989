import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from '#jest';
import { PlantRegistration } from '#equipment';
import { detectorFiles, InnovationBankDetector, loadDetector, ModelStore } from '#ml';
import { projectPath } from '#platform';
import { DETECTOR_TAGS } from '#tep';
import { describeOnBothProfiles, FeatureApp, simulatedRecords, waitFor } from '#testing';
import { SampleWriter } from '#timeseries';
import { AnomalyHttpModule } from './anomaly.http.module.js';
import { AnomalyJobsModule } from './anomaly.jobs.module.js';
import { AnomalyModule } from './anomaly.module.js';
import type { AnomalyDto } from './dto/anomaly.dto.js';
import { ScorerStateRepository } from './scorer-state.repository.js';
import { type SampleFollower, type ScoredBatch, ScoredSamples } from './scored-samples.service.js';

const START = Date.UTC(2026, 2, 1);
const INTERVAL_MS = 180_000;
const BANK = 'innovation_bank';
/** Two normal hours, then a step of the A/C ratio, which the bank sees within minutes. */
const RECORDS = simulatedRecords(START, { seed: 4_242, idv: 1, faultOnsetHour: 2, hours: 4.5 });
const timeOf = (row: number): number => START + row * INTERVAL_MS;

interface Score {
  statistic: number;
  limit: number;
}

/** Keeps what the bank says of every sample; what is scored again replaces what was said before. */
@Injectable()
class BankScores implements OnModuleInit, SampleFollower {
  readonly name = 'bank-scores';
  readonly byTime = new Map<number, Score | undefined>();

  constructor(private readonly scored: ScoredSamples) {}

  onModuleInit(): void {
    this.scored.register(this);
  }

  follow({ samples }: ScoredBatch): Promise<null> {
    for (const { ts, scores } of samples)
      this.byTime.set(
        ts,
        scores.find(({ detector }) => detector === BANK),
      );
    return Promise.resolve(null);
  }
}

@Module({ imports: [AnomalyModule], providers: [BankScores] })
class BankScoresModule {}

/** What the bank says of rows that it sees one after the other, from a fresh start. */
async function uninterrupted(store: ModelStore, rows: readonly number[]): Promise<Map<number, number>> {
  const { detector } = await loadDetector(store, BANK, '1');
  return new Map(
    rows.map((row) => [row, detector.step(RECORDS[row].values.slice(0, DETECTOR_TAGS.length)).statistic]),
  );
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describeOnBothProfiles('a new version of a detector', (profile) => {
  let folder: string;
  let store: ModelStore;
  let app: FeatureApp;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tep-models-'));
    for (const name of [BANK, 'zscore'])
      await cp(projectPath('models', name, '1'), join(folder, name, '1'), { recursive: true });
    store = new ModelStore(folder);
    app = await FeatureApp.start({
      profile,
      imports: [AnomalyHttpModule, AnomalyJobsModule, BankScoresModule],
      variables: { MODELS_DIR: folder },
    });
    await app.get(PlantRegistration).register();
  });

  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });

  const write = (from: number, to: number) => app.get(SampleWriter).writeRecords(RECORDS.slice(from, to));
  const scoredUpTo = (row: number) =>
    waitFor(
      `row ${row} to be scored`,
      async () => (await app.get(ScorerStateRepository).newestPosition()) === timeOf(row),
    );

  async function openAnomalies(): Promise<AnomalyDto[]> {
    const { body } = await app.http
      .get('/api/v1/anomalies')
      .query({ detector: BANK, state: 'open' })
      .expect(200);
    return (body as { items: AnomalyDto[] }).items;
  }

  /** The same charts with a limit a tenth higher. */
  async function saveSecondVersion(): Promise<number> {
    const { card } = await store.load(BANK, '1');
    const { detector } = await loadDetector(store, BANK, '1');
    if (!(detector instanceof InnovationBankDetector)) throw new Error('not a bank');
    const second = detector.withLimit(1.1 * detector.limit);
    const draft = { ...card, version: '2' };
    await store.save(draft, detectorFiles(second.toArtifact()));
    return second.limit;
  }

  it('takes over between two samples, knowing what came before, and the anomaly goes on', async () => {
    await write(0, 45);
    await write(50, 60);
    await scoredUpTo(59);
    const [before] = await openAnomalies();
    expect(before).toMatchObject({ detector: BANK, model_version: '1' });

    const limit = await saveSecondVersion();
    await store.activate(BANK, '2');
    const scores = app.get(BankScores).byTime;
    let next = 60;
    await waitFor('the second version to score', async () => {
      await write(next, ++next);
      await scoredUpTo(next - 1);
      return scores.get(timeOf(next - 1))?.limit === limit;
    });
    await write(next, RECORDS.length);
    await scoredUpTo(RECORDS.length - 1);

    const seen = [...range(0, 45), ...range(50, RECORDS.length)];
    const expected = await uninterrupted(store, seen);
    for (const row of range(60, RECORDS.length))
      expect(scores.get(timeOf(row))?.statistic).toBeCloseTo(expected.get(row) ?? NaN, 6);
    expect(await openAnomalies()).toMatchObject([
      { anomaly_id: before.anomaly_id, model_version: '2', threshold: Number(limit.toPrecision(6)) },
    ]);
  });

  it('also scores samples that come late from before it was in use', async () => {
    await write(45, 50);
    const scores = app.get(BankScores).byTime;
    const { limit } = (await loadDetector(store, BANK, '2')).detector;
    await waitFor('the late samples and those after them', () =>
      range(45, RECORDS.length).every((row) => scores.get(timeOf(row))?.limit === limit),
    );
    const expected = await uninterrupted(store, range(0, RECORDS.length));
    await waitFor(
      'the newest sample to be scored again',
      () =>
        Math.abs(
          (scores.get(timeOf(RECORDS.length - 1))?.statistic ?? NaN) -
            (expected.get(RECORDS.length - 1) ?? NaN),
        ) < 1e-6,
    );
    for (const row of range(45, RECORDS.length))
      expect(scores.get(timeOf(row))?.statistic).toBeCloseTo(expected.get(row) ?? NaN, 6);
    expect(await openAnomalies()).toHaveLength(1);
  });
});
