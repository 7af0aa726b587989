import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from '#jest';
import { PlantRegistration } from '#equipment';
import { loadDetectors, ModelStore } from '#ml';
import { figure, isoTime } from '#platform';
import { DETECTOR_TAGS, RECORD_LENGTH, simulateRun } from '#tep';
import {
  describeOnBothProfiles,
  type DetectorModels,
  detectorModels,
  FeatureApp,
  lastingResources,
  type ProfileResources,
  waitFor,
} from '#testing';
import { type SampleRecord, SampleWriter } from '#timeseries';
import { storedRun } from '../../test/factories/recorded-run.fixture.js';
import { AnomalyHttpModule } from './anomaly.http.module.js';
import { AnomalyJobsModule } from './anomaly.jobs.module.js';
import { AnomalyModule } from './anomaly.module.js';
import type { ScanDto } from './dto/scan-window.dto.js';
import { NO_POSITION, PlantSampler } from './sampling/plant-sampler.js';
import { type SampleFollower, type ScoredBatch, ScoredSamples } from './scored-samples.service.js';
import { ScorerStateRepository } from './scorer-state.repository.js';

/** The plant's clock is not ours. */
const START = Date.UTC(2026, 2, 1, 0, 1, 20);
const MINUTE_MS = 60_000;
const INTERVAL_MS = 3 * MINUTE_MS;
const HOURS = 5;
/** Come after everything else. */
const LATE_ROWS = [140, 141, 142, 143];

const RUN = simulateRun({ seed: 71, idv: 4, faultOnsetHour: 3, hours: HOURS, samplingS: 60 });
const RECORDS: SampleRecord[] = Array.from({ length: RUN.rows }, (_, row) => ({
  ts: START + (row + 1) * MINUTE_MS,
  values: RUN.values.slice(row * RECORD_LENGTH, (row + 1) * RECORD_LENGTH),
}));
const isLate = (row: number): boolean => LATE_ROWS.includes(row);

/** Writes down what the first detector said of each sample, the last word of it. */
@Injectable()
class ScoreKeeper implements OnModuleInit, SampleFollower {
  readonly name = 'score-keeper';

  constructor(private readonly scored: ScoredSamples) {}

  onModuleInit(): void {
    this.scored.register(this);
  }

  follow({ samples, after, to }: ScoredBatch): Promise<unknown> {
    for (const ts of SCORES.keys()) if (ts > after && ts <= to) SCORES.delete(ts);
    for (const { ts, scores } of samples) SCORES.set(ts, scores.at(0)?.statistic ?? NaN);
    return Promise.resolve(null);
  }
}
const SCORES = new Map<number, number>();

@Module({ imports: [AnomalyModule], providers: [ScoreKeeper] })
class ScoreKeeperModule {}

describeOnBothProfiles('a plant that is sent every minute', (profile) => {
  let models: DetectorModels;
  let resources: ProfileResources;
  let app: FeatureApp;

  const start = async (): Promise<void> => {
    app = await FeatureApp.start({
      profile,
      imports: [AnomalyHttpModule, AnomalyJobsModule, ScoreKeeperModule],
      variables: models.variables,
      resources,
    });
  };
  const write = async (records: readonly SampleRecord[]): Promise<void> => {
    await app.get(SampleWriter).writeRecords(records);
  };
  const scoredUpTo = (ts: number) =>
    waitFor(
      `the sample of ${isoTime(ts)}`,
      async () => ((await app.get(ScorerStateRepository).newestPosition()) ?? 0) >= ts,
    );
  /** The last instant of the plant's grid up to a row. */
  const instantBefore = (row: number): number => START + Math.floor((row + 1) / 3) * INTERVAL_MS;

  /** What the first detector says of each instant when everything comes in order. */
  async function expectedScores(): Promise<Map<number, number>> {
    const times = Float64Array.from(RECORDS, ({ ts }) => ts);
    const stored = storedRun({ times, values: RUN.values, columns: RECORD_LENGTH }, DETECTOR_TAGS.length);
    const taken = await new PlantSampler(stored).next(NO_POSITION, START, times[times.length - 1], 1_000);
    const [{ detector }] = await loadDetectors(new ModelStore(models.variables.MODELS_DIR));
    const tags = DETECTOR_TAGS.length;
    return new Map(
      [...taken.timestamps].map((ts, row) => {
        if (taken.afresh[row] === 1) detector.reset();
        const { ready, statistic } = detector.step(taken.values.slice(row * tags, (row + 1) * tags));
        return [ts, ready ? statistic : NaN];
      }),
    );
  }

  beforeAll(async () => {
    SCORES.clear();
    models = await detectorModels();
    resources = await lastingResources(profile, { tables: 'migrated' });
    await start();
    await app.get(PlantRegistration).register();
  });

  afterAll(async () => {
    await app.stop();
    await resources.drop();
    await models.drop();
  });

  it('is scored at the instants of the plant’s grid, also by another process that goes on', async () => {
    const inTime = RECORDS.filter((_, row) => !isLate(row));
    for (let row = 0; row < 120; row += 8) await write(inTime.slice(row, row + 8));
    await scoredUpTo(instantBefore(119));
    await app.stop();
    await start();
    await write(inTime.slice(120));
    await scoredUpTo(instantBefore(RECORDS.length - 1));
    const times = [...SCORES.keys()].filter((ts) => ts > START + 20 * MINUTE_MS);
    expect(times.every((ts) => (ts - START) % INTERVAL_MS === 0)).toBe(true);
    const lost = LATE_ROWS.map((row) => RECORDS[row].ts).filter((ts) => (ts - START) % INTERVAL_MS === 0);
    expect(times.length + lost.length).toBe((times[times.length - 1] - times[0]) / INTERVAL_MS + 1);
    expect(times.filter((ts) => lost.includes(ts))).toEqual([]);
  });

  it('is scored again, at the same instants, when samples come late', async () => {
    await write(RECORDS.filter((_, row) => isLate(row)));
    const expected = await expectedScores();
    await waitFor('all instants', () => Promise.resolve(SCORES.size === expected.size));
    await scoredUpTo(instantBefore(RECORDS.length - 1));
    expect([...SCORES].sort(([a], [b]) => a - b)).toEqual([...expected]);
  });

  it('is scanned at the same instants, from wherever one begins', async () => {
    const from = START + 2 * 60 * MINUTE_MS + 100_000;
    const { body } = await app.http
      .post('/api/v1/anomalies/scan')
      .send({ from: isoTime(from), to: isoTime(START + HOURS * 60 * MINUTE_MS + 1), detectors: ['zscore'] })
      .expect(200);
    const [{ times, statistics }] = (body as ScanDto).detectors;
    const scored = [...SCORES].filter(([ts]) => ts > from).sort(([a], [b]) => a - b);
    expect(times).toEqual(scored.map(([ts]) => isoTime(ts)));
    expect(statistics).toEqual(scored.map(([, statistic]) => figure(statistic)));
  });
});
