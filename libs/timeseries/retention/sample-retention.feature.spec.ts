import { afterAll, beforeAll, expect, it } from '@jest/globals';
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

  it('are erased from a window together with what they are in the rollups', async () => {
    await write(2.5, 1);
    const [from, to] = [now - 2.2 * DAY_MS, now - 1.1 * DAY_MS + 12_345];
    const inside = await app.get(SeriesReader).count(tagIds, from, to);
    expect(await app.get(SampleEraser).erase(from, to)).toBe(inside);
    await expectRollupsToMatchSamples(app.get(Database));
    expect(await app.get(SeriesReader).count(tagIds, from, to)).toBe(0);
    expect(await app.get(SeriesReader).count(tagIds, now - 3 * DAY_MS, now)).toBe(53 * (1.5 * 96) - inside);
  });

  it('are swept by whole days once they are older than RAW_RETENTION_DAYS; rollups stay', async () => {
    await write(6, 4.5);
    const reader = app.get(SeriesReader);
    const before = await reader.statistics(tagIds, now - 6 * DAY_MS, now);
    expect(await app.get(SampleRetention).sweep()).toBe(53 * 1.5 * 96);
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
