import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { PlantRegistration } from '#equipment';
import { Database } from '#platform';
import { describeOnBothProfiles, FeatureApp } from '#testing';
import { expectRollupsToMatchSamples } from '../../../test/factories/rollups-match.fixture.js';
import type { SamplePoint } from '../samples/sample-columns.js';
import { FineRollupBackfill } from '../rollup/fine-rollup-backfill.service.js';
import { SampleFeed } from '../samples/sample-feed.service.js';
import { SampleWriter } from './sample-writer.service.js';
import { SeriesReader } from '../series/series-reader.service.js';
import { TagDirectory } from '../samples/tag-directory.service.js';
import { TimeseriesModule } from '../timeseries.module.js';

const START = Date.UTC(2026, 2, 1);

/** A reproducible stream of numbers in [0, 1). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

describeOnBothProfiles('writing samples', (profile) => {
  let app: FeatureApp;
  let tagIds: number[];

  beforeAll(async () => {
    app = await FeatureApp.start({ profile, imports: [TimeseriesModule] });
    await app.get(PlantRegistration).register();
    tagIds = await app.get(TagDirectory).plantTagIds();
  });

  afterAll(() => app.stop());

  const write = (points: SamplePoint[]) => app.get(SampleWriter).write(points);
  const rows = <Row>(sql: string, parameters: unknown[] = []) =>
    app.get(Database).query<Row>(sql, parameters);

  const expectRollupsToMatch = () => expectRollupsToMatchSamples(app.get(Database));

  it('keeps rollups equal to the samples through order, lateness, repetition and overwriting', async () => {
    const random = numbers(7);
    const batch = (size: number, hours: number): SamplePoint[] =>
      Array.from({ length: size }, () => ({
        tagId: tagIds[Math.floor(random() * 3)],
        ts: START + Math.floor(random() * hours * 60) * 60_000,
        value: Math.round(random() * 1e6) / 1e3,
        // a third of each quality, so that samples also turn from good to bad and back
        quality: Math.floor(random() * 3),
      }));
    for (const [size, hours] of [
      [50, 1],
      [400, 30],
      [1, 30],
      [400, 30],
      [300, 2],
      [700, 60],
    ])
      await write(batch(size, hours));
    await expectRollupsToMatch();
  });

  it('keeps finer rollups of what is sampled often, and only there, however the samples come', async () => {
    const hour = START + 20 * 86_400_000;
    const random = numbers(11);
    const every = (tag: number, seconds: number, from: number, to: number): SamplePoint[] =>
      Array.from({ length: Math.floor((to - from) / seconds) }, (_, i) => ({
        tagId: tagIds[tag],
        ts: hour + (from + i * seconds) * 1_000,
        value: Math.round(random() * 1e6) / 1e3,
        quality: random() < 0.1 ? 1 + Math.floor(random() * 2) : 0,
      }));
    // each piece goes on in the middle of a bucket of 10 s
    for (const [from, to] of [
      [0, 94],
      [94, 188],
      [188, 1_234],
    ])
      await write([...every(12, 1, from, to), ...every(13, 10, from, to), ...every(14, 180, from, to)]);
    await write([...every(12, 1, 2_000, 2_700), ...every(15, 60, 0, 1_800)]);
    // late, before what is there; over what is there; a slow tag that becomes fast; one by one
    await write([...every(12, 2, 1_500, 1_995), ...every(13, 1, 400, 720)]);
    await write([...every(15, 1, 1_000, 1_200), ...every(14, 1, 1_700, 1_800)]);
    for (const point of every(16, 1, 895, 905)) await write([point]);
    await expectRollupsToMatch();
    const finest = await rows<{ tag_id: number | string; finest_ms: number }>(
      `SELECT tag_id, finest_ms FROM timeseries_rollup
       WHERE bucket_ms = 900000 AND bucket = ? AND tag_id >= ? ORDER BY tag_id`,
      [hour, tagIds[12]],
    );
    // The second had 90 samples, one every 10 s, and got 320 of which 32 replaced one: 378 in 898 s, one every 2.4 s. The fourth
    // had 15, the fifth has the five of its last seconds.
    expect(finest.map(({ finest_ms }) => Number(finest_ms))).toEqual([10_000, 10_000, 0, 0, 0]);
  });

  it('makes finer rollups of samples that were stored before there were any, each once', async () => {
    const withFiner = async (): Promise<number> =>
      (await rows('SELECT bucket FROM timeseries_rollup WHERE finest_ms > 0')).length;
    await rows('DELETE FROM timeseries_rollup WHERE bucket_ms < 900000');
    await rows('UPDATE timeseries_rollup SET finest_ms = 0');
    // The end of the day whose rollups are the last ones.
    await rows('UPDATE timeseries_state SET fine_before = ?', [START + 21 * 86_400_000]);
    const backfill = app.get(FineRollupBackfill);
    // The tag that came every second has three quarters, the one of every 10 s its first two.
    const built = await backfill.goOn();
    expect(built).toBeGreaterThanOrEqual(5);
    expect(await withFiner()).toBe(built);
    await expectRollupsToMatch();
    expect(await backfill.goOn()).toBe(0);
  });

  it('counts what it overwrote', async () => {
    const tagId = tagIds[10];
    const at = (minutes: number, value: number): SamplePoint => ({
      tagId,
      ts: START + minutes * 60_000,
      value,
    });
    expect(await write([at(0, 1), at(3, 2), at(6, 3)])).toEqual({ written: 3, overwritten: 0 });
    expect(await write([at(3, 20), at(4, 5), at(9, 4)])).toEqual({ written: 3, overwritten: 1 });
    expect(await write([at(3, 30), at(3, 31)])).toEqual({ written: 1, overwritten: 1 });
    const latest = await app
      .get(SeriesReader)
      .readMatrix({ tagIds: [tagId], from: START, to: START + 900_000 });
    expect([...latest.values]).toEqual([1, 31, 5, 3, 4]);
    await expectRollupsToMatch();
  });

  it('keeps rollups equal to the samples when several write the same buckets at once', async () => {
    const tags = tagIds.slice(20, 23);
    await Promise.all(
      Array.from({ length: 12 }, (_, writer) =>
        write(
          tags.flatMap((tagId) =>
            Array.from({ length: 20 }, (_unused, i) => ({
              tagId,
              ts: START + (i * 8 + (writer % 9)) * 60_000,
              value: writer * 100 + i,
            })),
          ),
        ),
      ),
    );
    await expectRollupsToMatch();
    const { count } = (await app.get(SeriesReader).statistics(tags, START, START + 86_400_000)).get(
      tags[0],
    ) ?? {
      count: 0,
    };
    // 9 offsets in steps of 8 minutes: offset 8 of step i is offset 0 of step i + 1, so 20·9 − 19 times differ
    expect(count).toBe(161);
  });

  it('writes records of the plant and reads them back as a matrix, gaps as NaN', async () => {
    const records = Array.from({ length: 40 }, (_, i) => ({
      ts: START + 10 * 86_400_000 + i * 180_000,
      values: Float64Array.from(tagIds, (_tag, j) => (j === 5 && i % 2 ? NaN : i + j / 100)),
    }));
    const result = await app.get(SampleWriter).writeRecords(records);
    expect(result).toEqual({ written: 40 * 53 - 20, overwritten: 0 });
    const matrix = await app.get(SeriesReader).readMatrix({
      tagIds: [tagIds[6], tagIds[5]],
      from: records[0].ts,
      to: records[39].ts,
    });
    expect([...matrix.timestamps]).toEqual(records.slice(0, 39).map(({ ts }) => ts));
    expect([...matrix.values.subarray(0, 6)]).toEqual([0.06, 0.05, 1.06, NaN, 2.06, 2.05]);
    const latest = await app.get(SeriesReader).latest(tagIds);
    expect(latest.get(tagIds[6])).toEqual({ ts: records[39].ts, value: 39.06, quality: 0 });
    expect(latest.get(tagIds[5])?.ts).toBe(records[38].ts);
    const until = await app.get(SeriesReader).latest(tagIds, records[3].ts);
    expect(until.get(tagIds[0])?.value).toBe(3);
  });

  it('reads nothing of no tags', async () => {
    const reader = app.get(SeriesReader);
    expect(await reader.latest([])).toEqual(new Map());
    expect(await reader.latestUsable([], START)).toEqual(new Map());
    expect(await reader.at([], [START], 60_000)).toEqual([]);
    expect(await reader.changes([], START, START + 3_600_000)).toEqual([]);
    expect(await reader.earliest([])).toBeUndefined();
  });

  it('answers statistics from rollups and raw edges as from the samples', async () => {
    const [from, to] = [START + 1_234_567, START + 55.7 * 3_600_000];
    const stored = await rows<{ value: number; quality: number }>(
      'SELECT value, quality FROM timeseries_sample WHERE tag_id = ? AND ts >= ? AND ts < ?',
      [tagIds[0], from, to],
    );
    const samples = stored.filter(({ quality }) => quality === 0).map(({ value }) => value);
    const countOf = (quality: number): number => stored.filter((sample) => sample.quality === quality).length;
    const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
    const variance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (samples.length - 1);
    const statistics = (await app.get(SeriesReader).statistics(tagIds, from, to)).get(tagIds[0]);
    expect(statistics).toMatchObject({ count: samples.length, uncertain: countOf(1), bad: countOf(2) });
    expect(samples.length).toBeGreaterThan(10);
    expect(statistics?.min).toBe(Math.min(...samples));
    expect(statistics?.max).toBe(Math.max(...samples));
    expect(statistics?.mean).toBeCloseTo(mean, 9);
    expect(statistics?.std).toBeCloseTo(Math.sqrt(variance), 9);
  });

  describe('tells followers', () => {
    it('of every write after its commit, in the order of the commits', async () => {
      const feed = app.get(SampleFeed);
      const woken: [number, number][] = [];
      const stop = feed.onWrite((from, to) => void woken.push([from, to]));
      const before = await feed.position();
      await write([
        { tagId: tagIds[30], ts: START + 5_000, value: 1 },
        { tagId: tagIds[31], ts: START + 1_000, value: 1 },
      ]);
      await Promise.all(
        Array.from({ length: 20 }, (_, i) => write([{ tagId: tagIds[i], ts: START + i, value: i }])),
      );
      stop();
      const { entries, position, hasGap } = await feed.entriesAfter(before);
      expect(entries[0]).toMatchObject({ position: before + 1, fromTs: START + 1_000, toTs: START + 5_000 });
      expect(entries.map(({ position }) => position - before)).toEqual(
        Array.from({ length: 21 }, (_, i) => i + 1),
      );
      expect(woken).toHaveLength(21);
      expect([position, hasGap]).toEqual([before + 21, false]);
      expect(await feed.entriesAfter(position)).toEqual({ entries: [], position, hasGap: false });
      // nobody listens any more
      await write([{ tagId: tagIds[30], ts: START + 6_000, value: 1 }]);
      expect(woken).toHaveLength(21);
    });

    it('which writes wait for one who has come so far, or reach beyond a plant time', async () => {
      const feed = app.get(SampleFeed);
      const before = await feed.position();
      expect(await feed.waiting(before)).toBeUndefined();
      const begun = Date.now();
      await write([{ tagId: tagIds[30], ts: START + 8_000, value: 1 }]);
      const late = START + 400 * 86_400_000;
      await write([{ tagId: tagIds[45], ts: late, value: 1 }]);
      const { since, fromTs } = (await feed.waiting(before)) ?? {};
      expect(since).toBeGreaterThanOrEqual(begun);
      expect(fromTs).toBe(START + 8_000);
      expect(await feed.waiting(before + 1)).toMatchObject({ fromTs: late });
      expect(await feed.waiting(before + 2)).toBeUndefined();
      expect(await feed.waiting(before + 2, { reaching: late - 1 })).toMatchObject({ fromTs: late });
      expect(await feed.waiting(before + 2, { reaching: late })).toBeUndefined();
    });

    it('that there is a gap where writes are forgotten', async () => {
      const feed = app.get(SampleFeed);
      const before = await feed.position();
      const add = (): Promise<unknown> => write([{ tagId: tagIds[30], ts: START + 9_000, value: 1 }]);
      await add();
      await feed.forgetBefore(Date.now() + 60_000);
      expect(await feed.entriesAfter(before)).toEqual({ entries: [], position: before + 1, hasGap: true });
      await add();
      expect(await feed.entriesAfter(before)).toMatchObject({
        entries: [{ position: before + 2 }],
        position: before + 2,
        hasGap: true,
      });
      expect(await feed.entriesAfter(before + 1)).toMatchObject({ position: before + 2, hasGap: false });
    });

    it('nothing of a write that was rolled back', async () => {
      const feed = app.get(SampleFeed);
      const before = await feed.position();
      let woken = 0;
      const stop = feed.onWrite(() => woken++);
      const failed = app.get(Database).transaction(async () => {
        await write([{ tagId: tagIds[40], ts: START, value: 1 }]);
        throw new Error('the caller gave up');
      });
      await expect(failed).rejects.toThrow('the caller gave up');
      stop();
      expect(woken).toBe(0);
      expect(await feed.position()).toBe(before);
      expect((await app.get(SeriesReader).latest([tagIds[40]], START)).size).toBe(0);
    });
  });

  it.each([
    ['NaN', NaN, START],
    ['infinity', Infinity, START],
    ['a value beyond 1e100', 1e101, START],
    ['a fraction of a millisecond', 1, START + 0.5],
    ['a time before 1970', 1, -1],
  ])('refuses %s and keeps nothing', async (_what, value, ts) => {
    const points = [
      { tagId: tagIds[45], ts: START, value: 1 },
      { tagId: tagIds[46], ts, value },
    ];
    await expect(write(points)).rejects.toMatchObject({ code: 'SAMPLE_INVALID' });
    expect((await app.get(SeriesReader).latest([tagIds[45]], START)).size).toBe(0);
  });

  it('refuses a tag that is not registered', async () => {
    await expect(write([{ tagId: 987_654, ts: START, value: 1 }])).rejects.toMatchObject({
      code: 'TAG_NOT_FOUND',
    });
  });
});
