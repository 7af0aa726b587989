import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '#jest';
import { EquipmentService, PlantRegistration } from '#equipment';
import { LotService } from '#lot';
import { AlarmEpisodes, type AlarmEpisode, loadDetectors, ModelStore } from '#ml';
import { Database, figure, HealthIndicators, isoTime, Metrics } from '#platform';
import { DETECTOR_TAGS } from '#tep';
import {
  describeOnBothProfiles,
  type DetectorModels,
  detectorModels,
  FeatureApp,
  lastingResources,
  type ProfileResources,
  simulatedRecords,
  waitFor,
} from '#testing';
import { type SampleRecord, SampleWriter, TagDirectory } from '#timeseries';
import { AnomalyHttpModule } from './anomaly.http.module.js';
import { AnomalyJobsModule } from './anomaly.jobs.module.js';
import { AnomalyModule } from './anomaly.module.js';
import { contributionsOf } from './contributions.js';
import type { AnomalyDto } from './dto/anomaly.dto.js';
import { SampleScorer } from './sample-scorer.service.js';
import { ScorerStateRepository } from './scorer-state.repository.js';
import { ScorerLease } from './scorer-lease.service.js';
import { type SampleFollower, type ScoredBatch, ScoredSamples } from './scored-samples.service.js';

const START = Date.UTC(2026, 2, 1);
const INTERVAL_MS = 180_000;
const ROWS = 120;
const ONSET_ROW = 40;

const timeOf = (row: number): number => START + row * INTERVAL_MS;

/** Two normal hours, then four in which the A/C ratio of the feed has stepped (IDV 1). */
const disturbedRecords = (): SampleRecord[] =>
  simulatedRecords(START, { seed: 4_242, idv: 1, faultOnsetHour: 2, hours: 6 });

/** What the detectors find when they see all records in order and nothing else happens. */
async function episodesOf(
  models: Pick<DetectorModels, 'variables'>,
  records: SampleRecord[],
): Promise<Map<string, AlarmEpisode>> {
  const found = new Map<string, AlarmEpisode>();
  for (const { name, detector } of await loadDetectors(new ModelStore(models.variables.MODELS_DIR))) {
    const episodes = new AlarmEpisodes();
    for (const { ts, values } of records) {
      const { statistic, limit, contributions } = detector.step(values.slice(0, DETECTOR_TAGS.length));
      const change = episodes.step(ts, statistic, limit, contributions);
      if (change) found.set(`${name} ${isoTime(change.episode.startedAt)}`, change.episode);
    }
  }
  return found;
}

/** Writes down which samples were scored and carries a count from process to process. */
@Injectable()
class ScoreKeeper implements OnModuleInit, SampleFollower {
  readonly name = 'score-keeper';
  readonly times: number[] = [];

  constructor(private readonly scored: ScoredSamples) {}

  onModuleInit(): void {
    this.scored.register(this);
  }

  follow({ samples }: ScoredBatch, state: unknown): Promise<number> {
    this.times.push(...samples.map(({ ts }) => ts));
    return Promise.resolve((typeof state === 'number' ? state : 0) + samples.length);
  }
}

@Module({ imports: [AnomalyModule], providers: [ScoreKeeper] })
class ScoreKeeperModule {}

/**
 * Acts once the database has answered the read of that number, transactions not counted. On a busy machine it may be a read of
 * somebody else in the process.
 * @returns stops counting, and says whether it came to that, once it is done
 */
function afterRead(database: Database, number: number, act: () => Promise<unknown>): () => Promise<boolean> {
  const transactions = new AsyncLocalStorage<true>();
  const { query, transaction } = database;
  let reads = 0;
  let acted: Promise<unknown> | undefined;
  database.transaction = (work) => transactions.run(true, () => transaction.call(database, work)) as never;
  database.query = async (sql, parameters) => {
    const rows = await query.call(database, sql, parameters);
    if (!transactions.getStore() && ++reads === number) await (acted = act());
    return rows as never;
  };
  return async () => {
    Object.assign(database, { query, transaction });
    await acted;
    return acted !== undefined;
  };
}

describeOnBothProfiles('anomalies', (profile) => {
  const records = disturbedRecords();
  let models: DetectorModels;
  let resources: ProfileResources;
  let app: FeatureApp;

  const start = async ({ variables }: Pick<DetectorModels, 'variables'> = models): Promise<FeatureApp> =>
    (app = await FeatureApp.start({
      profile,
      imports: [AnomalyHttpModule, AnomalyJobsModule, ScoreKeeperModule],
      variables,
      resources,
    }));
  const write = (from: number, to: number) => app.get(SampleWriter).writeRecords(records.slice(from, to));
  const scoredUpTo = (row: number) =>
    waitFor(
      `row ${row} to be scored`,
      async () => (await app.get(ScorerStateRepository).newestPosition()) === timeOf(row),
    );
  /** How many samples the keeper has counted, as committed with their anomalies. */
  const counted = async (): Promise<unknown> => {
    const newest = await app.get(ScorerStateRepository).newest<{ followers: Record<string, unknown> }>();
    return newest?.snapshot.followers['score-keeper'];
  };
  const list = async (query: Record<string, string> = {}): Promise<AnomalyDto[]> => {
    const { body } = await app.http
      .get('/api/v1/anomalies')
      .query({ limit: 500, ...query })
      .expect(200);
    return (body as { items: AnomalyDto[] }).items;
  };
  const keyOf = ({ detector, started_at }: AnomalyDto): string => `${detector} ${started_at}`;

  async function expectEpisodes(expected: Map<string, AlarmEpisode>): Promise<void> {
    const anomalies = await list();
    expect(anomalies.map(keyOf).sort()).toEqual([...expected.keys()].sort());
    for (const anomaly of anomalies) {
      const episode = expected.get(keyOf(anomaly));
      expect(anomaly).toMatchObject({
        detected_at: isoTime(episode?.detectedAt ?? NaN),
        ended_at: typeof episode?.endedAt === 'number' ? isoTime(episode.endedAt) : null,
        peak_at: isoTime(episode?.peakAt ?? NaN),
        sample_count: episode?.sampleCount,
      });
      expect(anomaly.peak_score).toBe(figure(episode?.peak ?? NaN));
      const contributions = episode ? contributionsOf(episode, DETECTOR_TAGS) : [];
      expect(anomaly.contributions.map(({ tag, share }) => ({ tag, share }))).toEqual(
        contributions.map(({ tag, share }) => ({ tag, share: figure(share) })),
      );
    }
  }

  beforeAll(async () => {
    models = await detectorModels();
  });

  afterAll(() => models.drop());

  beforeEach(async () => {
    resources = await lastingResources(profile, { tables: 'migrated' });
    await start();
    await app.get(PlantRegistration).register();
  });

  afterEach(async () => {
    await app.stop();
    await resources.drop();
  });

  it('appear for a disturbance, are explained, and name equipment and lot', async () => {
    const lot = await app.get(LotService).add({ lotNo: 'L1', startedAt: START, endedAt: timeOf(ROWS) });
    await write(0, ROWS);
    await scoredUpTo(ROWS - 1);
    await expectEpisodes(await episodesOf(models, records));
    const [worst] = await list({ min_severity: 'high' });
    expect(Date.parse(worst.started_at)).toBeGreaterThanOrEqual(timeOf(ONSET_ROW));
    expect(worst.lot_id).toBe(lot.id);
    const [first] = worst.contributions;
    const tag = (await app.get(TagDirectory).all()).get(first.tag);
    expect(first.name).toBe(tag?.name);
    expect((await app.get(EquipmentService).require(worst.eq_id ?? '')).id).toBe(tag?.equipmentId);
    const shares = worst.contributions.map(({ share }) => share);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
  });

  it('are the same when the scorer is restarted in the middle, every sample scored once and in order', async () => {
    await write(0, 70);
    await scoredUpTo(69);
    const before = app.get(ScoreKeeper).times;
    await app.stop();
    await start();
    await write(70, ROWS);
    await scoredUpTo(ROWS - 1);
    const after = app.get(ScoreKeeper);
    expect([...before, ...after.times]).toEqual(records.map(({ ts }) => ts));
    expect(await counted()).toBe(ROWS);
    await expectEpisodes(await episodesOf(models, records));
  });

  it('are the same when samples come late, and keep what somebody has said of them', async () => {
    await write(0, 52);
    await write(57, ROWS);
    await scoredUpTo(ROWS - 1);
    const [seen] = await list({ state: 'open' });
    await app.http
      .post(`/api/v1/anomalies/${seen.anomaly_id}/acknowledge`)
      .send({ comment: 'Analyser checked' })
      .expect(200);
    await write(52, 57);
    const keeper = app.get(ScoreKeeper);
    await waitFor(
      'the late samples',
      async () => keeper.times.includes(timeOf(55)) && (await counted()) === ROWS,
    );
    const expected = await episodesOf(models, records);
    await waitFor('the anomalies', async () => (await list()).length === expected.size);
    await expectEpisodes(expected);
    const acknowledged = await list({ acknowledged: 'true' });
    expect(acknowledged).toMatchObject([
      { anomaly_id: seen.anomaly_id, acknowledged: { by: 'local', comment: 'Analyser checked' } },
    ]);
  });

  it('name the same tags, weighed from their onset, when the primary detector is restarted in alarm and samples come late', async () => {
    const shipped = { variables: { MODELS_DIR: 'models' } };
    await app.stop();
    await start(shipped);
    await write(0, 62);
    await scoredUpTo(61);
    await app.stop();
    await start(shipped);
    await write(67, ROWS);
    await scoredUpTo(ROWS - 1);
    await write(62, 67);
    await waitFor('the late samples', async () => (await counted()) === ROWS);
    const expected = await episodesOf(shipped, records);
    expect([...expected.keys()].some((key) => key.startsWith('innovation_bank'))).toBe(true);
    await waitFor('the anomalies', async () => (await list()).length === expected.size);
    await expectEpisodes(expected);
  });

  it('are the same when a rescoring is cut off by a restart', async () => {
    await write(0, 52);
    await write(57, ROWS);
    await scoredUpTo(ROWS - 1);
    await app.stop();
    await start();
    const scorer = app.get(SampleScorer);
    const original = scorer.scoreNext.bind(scorer);
    await write(52, 57);
    await waitFor('the scorer to go back', () => app.get(ScoreKeeper).times.length > 0);
    scorer.scoreNext = () => Promise.resolve(false);
    await app.stop();
    scorer.scoreNext = original;
    await start();
    await scoredUpTo(ROWS - 1);
    await expectEpisodes(await episodesOf(models, records));
  });

  it.each([
    ['nothing else is new', 0, 2],
    ['there are samples to score', 1, 4],
  ])(
    'miss no late sample, whatever a scorer that starts is reading meanwhile, when %s',
    async (_when, fresh, reads) => {
      const isLate = (row: number): boolean => row >= 20 && row < 60 && row % 2 === 0;
      const late = records.filter((_, row) => isLate(row));
      const onTime = records.filter((_, row) => !isLate(row));
      const writer = app.get(SampleWriter);
      const known = onTime.splice(0, 70);
      await writer.writeRecords(known);
      await waitFor(
        'the first samples',
        async () => (await app.get(ScorerStateRepository).newestPosition()) === known.at(-1)?.ts,
      );
      await app.get(ScorerLease).loop.stop();
      const [scorer, keeper] = [app.get(SampleScorer), app.get(ScoreKeeper)];
      for (let [moment, interrupted] = [1, true]; interrupted; moment++) {
        const punctual = onTime.splice(0, fresh);
        const [record] = late.splice(0, 1);
        await writer.writeRecords(punctual);
        const whetherWritten = afterRead(app.get(Database), moment, () => writer.writeRecords([record]));
        await scorer.open();
        await scorer.scoreNext();
        interrupted = await whetherWritten();
        while (await scorer.scoreNext());
        known.push(...punctual, ...(interrupted ? [record] : []));
        const missed = known
          .map(({ ts }) => isoTime(ts))
          .filter((time) => !keeper.times.map(isoTime).includes(time));
        expect({ moment, missed }).toEqual({ moment, missed: [] });
        expect(interrupted || moment > reads).toBe(true);
      }
      known.sort((a, b) => a.ts - b.ts);
      await expectEpisodes(await episodesOf(models, known));
    },
  );

  it('are of a healthy scorer while a first history is scored; it is behind once samples have waited, or none come', async () => {
    const database = app.get(Database);
    const reading = async () => (await app.get(HealthIndicators).read()).scorer;
    await app.get(ScorerLease).loop.stop();
    await write(0, 60);
    const scorer = app.get(SampleScorer);
    await scorer.open();
    expect(await scorer.scoreNext()).toBe(true);
    const { lag_ms, ...healthy } = await reading();
    expect(healthy).toMatchObject({ status: 'up', behind_after_ms: 1_800_000 });
    expect(healthy).not.toHaveProperty('reason');
    expect(lag_ms).toBeGreaterThan(1_800_000);
    await database.query('UPDATE ingest_log SET written_at = written_at - 31000');
    expect(await reading()).toMatchObject({ status: 'degraded', reason: expect.any(String) });
    while (await scorer.scoreNext());
    // All is scored, and what was written last is months old by now.
    expect(await reading()).toMatchObject({ status: 'degraded', reason: expect.any(String) });
    await database.query('UPDATE ingest_log SET written_at = written_at + 31000');
    expect(await reading()).toMatchObject({ status: 'degraded' });
  });

  it('end where the samples end when these stop for more than half an hour', async () => {
    await write(0, 60);
    await scoredUpTo(59);
    expect((await list({ state: 'open' })).length).toBeGreaterThan(0);
    const gap = 3 * 24 * 3_600_000;
    const later = records.slice(0, 10).map(({ ts, values }) => ({ ts: ts + gap, values }));
    await app.get(SampleWriter).writeRecords(later);
    await waitFor(
      'the samples after the gap',
      async () => (await app.get(ScorerStateRepository).newestPosition()) === timeOf(9) + gap,
    );
    expect(await list({ state: 'open' })).toEqual([]);
    const [last] = await list();
    expect(last.ended_at).toBe(isoTime(timeOf(59)));
    expect(await counted()).toBe(70);
  });

  it('wait for the tags of a sample that are posted one after the other', async () => {
    const tagIds = await app.get(TagDirectory).plantTagIds();
    const now = Date.now();
    const points = tagIds.map((tagId, i) => ({
      tagId,
      ts: now - 30_000 + 100 * i,
      value: records[0].values[i],
    }));
    const writer = app.get(SampleWriter);
    await writer.write([{ ...points[0], ts: now - 210_000 }]);
    await waitFor(
      'the sample before',
      async () => (await app.get(ScorerStateRepository).newestPosition()) === now - 210_000,
    );
    await writer.write(points.slice(0, 30));
    await writer.write(points.slice(30));
    await waitFor(
      'the sample',
      async () => (await app.get(ScorerStateRepository).newestPosition()) === now - 30_000,
    );
    expect(app.get(ScoreKeeper).times).toEqual([now - 210_000, now - 30_000]);
  });

  it('leave samples unscored that are older than anything remembered, and count them', async () => {
    await write(0, 5);
    await scoredUpTo(4);
    await app.get(SampleWriter).writeRecords([{ ts: START - 8 * 24 * 3_600_000, values: records[0].values }]);
    await waitFor('the count', async () =>
      (await app.get(Metrics).registry.metrics()).includes('scorer_late_unscored_total 1'),
    );
    expect(app.get(ScoreKeeper).times).toHaveLength(5);
  });
});
