import { afterAll, beforeAll, expect, it } from '#jest';
import { PlantRegistration } from '#equipment';
import { Database, ProcessClock } from '#platform';
import { describeOnBothProfiles, FeatureApp } from '#testing';
import { expectRollupsToMatchSamples } from '../../../test/factories/rollups-match.fixture.js';
import { SampleEraser } from './sample-eraser.service.js';
import { SampleRetention } from './sample-retention.service.js';
import { SampleWriter } from '../ingest/sample-writer.service.js';
import { SeriesReader } from '../series/series-reader.service.js';
import { TagDirectory } from '../samples/tag-directory.service.js';
import { TimeseriesModule } from '../timeseries.module.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describeOnBothProfiles('samples that go', (profile) => {
  let app: FeatureApp;
  let tagIds: number[];
  const now = Date.UTC(2026, 5, 15, 12);

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile,
      imports: [TimeseriesModule],
      variables: { RAW_RETENTION_DAYS: '3' },
    });
    await app.get(ProcessClock).set({ timeMs: now, wallMs: Date.now(), rate: 0 });
    await app.get(PlantRegistration).register();
    tagIds = await app.get(TagDirectory).plantTagIds();
  });

  afterAll(() => app.stop());

  /** A value every quarter of an hour from `from` to `to`, days before now. */
  const write = async (from: number, to: number): Promise<void> => {
    const start = now - from * DAY_MS;
    const records = Array.from({ length: Math.floor(((from - to) * DAY_MS) / 900_000) }, (_, i) => ({
      ts: start + i * 900_000,
      values: Float64Array.from(tagIds, (_tag, j) => Math.sin(i / 7) + j),
    }));
    for (let i = 0; i < records.length; i += 100)
      await app.get(SampleWriter).writeRecords(records.slice(i, i + 100));
  };

  /** A value of one tag every second, between the times of `write`. */
  const writeFast = (from: number, count: number): Promise<unknown> =>
    app
      .get(SampleWriter)
      .write(
        Array.from({ length: count }, (_, i) => ({ tagId: tagIds[0], ts: from + 500 + i * 1_000, value: i })),
      );

  it('are erased from a window together with what they are in the rollups', async () => {
    await write(2.5, 1);
    const [from, to] = [now - 2.2 * DAY_MS, now - 1.1 * DAY_MS + 12_345];
    // 300 s before the end of the window and 300 s behind it, but for 12.345 s: the last 288 of 600
    await writeFast(now - 1.1 * DAY_MS - 300_000, 600);
    const inside = await app.get(SeriesReader).count(tagIds, from, to);
    expect(await app.get(SampleEraser).erase(from, to)).toBe(inside);
    await expectRollupsToMatchSamples(app.get(Database));
    expect(await app.get(SeriesReader).count(tagIds, from, to)).toBe(0);
    expect(await app.get(SeriesReader).count(tagIds, now - 3 * DAY_MS, now)).toBe(
      53 * (1.5 * 96) + 600 - inside,
    );
    expect(await app.get(SeriesReader).count([tagIds[0]], to, to + 300_000)).toBe(288);
  });

  it('are swept by whole days once they are older than RAW_RETENTION_DAYS; rollups stay, but for the finest', async () => {
    await write(6, 4.5);
    await writeFast(now - 5 * DAY_MS, 100);
    const fineBuckets = async (): Promise<number[]> =>
      (
        await app
          .get(Database)
          .query<{ bucket: number | string }>('SELECT bucket FROM timeseries_rollup WHERE bucket_ms < 900000')
      ).map(({ bucket }) => Number(bucket));
    expect(Math.min(...(await fineBuckets()))).toBe(now - 5 * DAY_MS);
    const reader = app.get(SeriesReader);
    const before = await reader.statistics(tagIds, now - 6 * DAY_MS, now);
    expect(await app.get(SampleRetention).sweep()).toBe(53 * 1.5 * 96 + 100);
    expect(Math.min(...(await fineBuckets()))).toBeGreaterThan(now - 1.2 * DAY_MS);
    expect(await app.get(SampleRetention).sweep()).toBe(0);
    expect(await reader.statistics(tagIds, now - 6 * DAY_MS, now)).toEqual(before);
    const [row] = await app
      .get(Database)
      .query<{ oldest: number | string }>('SELECT MIN(ts) AS oldest FROM timeseries_sample');
    // three days before noon of the 15th is noon of the 12th, and that day stays whole
    expect(Number(row.oldest)).toBe(now - 2.5 * DAY_MS);
  });

  it('leave a past behind to which nothing can be added or taken from', async () => {
    const [tagId] = tagIds;
    const swept = now - 4 * DAY_MS;
    await expect(app.get(SampleWriter).write([{ tagId, ts: swept, value: 1 }])).rejects.toMatchObject({
      code: 'SAMPLE_TOO_OLD',
    });
    expect(await app.get(SampleEraser).erase(swept, swept + HOUR_MS)).toBe(0);
    expect(await app.get(SeriesReader).count([tagId], swept - DAY_MS, swept)).toBeGreaterThan(0);
    const kept = now - 3 * DAY_MS;
    expect(await app.get(SampleWriter).write([{ tagId, ts: kept, value: 1 }])).toEqual({
      written: 1,
      overwritten: 0,
    });
  });
});
