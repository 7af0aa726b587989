import { beforeEach, describe, expect, it } from '#jest';
import type { SensorTag } from '#equipment';
import type { ProcessClock } from '#platform';
import type { TagDirectory } from '../samples/tag-directory.service.js';
import type { SeriesQuery } from './dto/series.query.js';
import type { SeriesReader, SeriesRequest, ThinnedSeries } from './series-reader.service.js';
import { SeriesService } from './series.service.js';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 1, 12);
const iso = (ts: number): string => new Date(ts).toISOString();
const TEN_YEARS = 10 * 366 * 24 * HOUR;

describe('series that are asked for', () => {
  let asked: SeriesRequest[];
  let found: Partial<ThinnedSeries>;
  /** Samples of each tag in any window. */
  let counts: Map<number, { count: number; uncertain: number; bad: number }>;
  let service: SeriesService;

  beforeEach(() => {
    [asked, counts] = [[], new Map()];
    found = { times: Float64Array.of(NOW - 2, NOW - 1), values: Float64Array.of(1 / 3, 2), sourceMs: 0 };
    const tags = new Map(
      Array.from({ length: 60 }, (_, i) => [`T${i}`, { id: i, code: `T${i}`, unit: 'kPa' } as SensorTag]),
    );
    const reader = {
      series: (request: SeriesRequest) => {
        asked.push(request);
        return Promise.resolve(
          request.tagIds.map((tagId) => ({ tagId, rawCount: 7, uncertainCount: 2, badCount: 1, ...found })),
        );
      },
      statistics: (ids: number[]) => Promise.resolve(new Map([...counts].filter(([id]) => ids.includes(id)))),
    };
    service = new SeriesService(
      reader as unknown as SeriesReader,
      { all: () => Promise.resolve(tags) } as unknown as TagDirectory,
      { now: () => NOW, parseTime: (text: string) => Date.parse(text) } as unknown as ProcessClock,
    );
  });

  const read = (query: Partial<SeriesQuery> = {}) =>
    service.series({ tags: ['T1'], method: 'minmax', ...query });

  it('cover the last eight hours, or what is asked for', async () => {
    expect(await read()).toMatchObject({ from: iso(NOW - 8 * HOUR), to: iso(NOW) });
    await read({ to: iso(NOW - HOUR) });
    await read({ from: iso(NOW - HOUR), points: 9, tags: ['T2', 'T1'], method: 'avg' });
    expect(asked).toEqual([
      { tagIds: [1], from: NOW - 8 * HOUR, to: NOW, points: 500, method: 'minmax' },
      { tagIds: [1], from: NOW - 9 * HOUR, to: NOW - HOUR, points: 500, method: 'minmax' },
      { tagIds: [2, 1], from: NOW - HOUR, to: NOW, points: 9, method: 'avg' },
    ]);
  });

  it('cover ten years at the most, and some time', async () => {
    await read({ from: iso(NOW - TEN_YEARS) });
    for (const query of [{ from: iso(NOW - TEN_YEARS - 1) }, { from: iso(NOW) }, { from: iso(NOW + 1) }])
      await expect(read(query)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        fields: [{ field: 'from' }],
      });
    await expect(read({ tags: ['T1', 'X'] })).rejects.toMatchObject({ code: 'TAG_NOT_FOUND' });
    expect(asked).toHaveLength(1);
  });

  it('share 40,000 points', async () => {
    const tags = Array.from({ length: 10 }, (_, i) => `T${i}`);
    await read({ tags, points: 4_000 });
    await expect(read({ tags, points: 4_001 })).rejects.toMatchObject({ fields: [{ field: 'points' }] });
    const all = Array.from({ length: 60 }, (_, i) => `T${i}`);
    // raw series have no more than are stored: 5,000 of a tag, or their share
    for (const some of [['T1'], tags, all]) await read({ tags: some, method: 'raw' });
    expect(asked.map(({ points }) => points)).toEqual([4_000, 5_000, 4_000, 666]);
  });

  it('are refused raw when a tag has more samples than points', async () => {
    counts.set(1, { count: 3, uncertain: 1, bad: 1 });
    await read({ method: 'raw', points: 5, tags: ['T2', 'T1'] });
    await expect(read({ method: 'raw', points: 4, tags: ['T2', 'T1'] })).rejects.toMatchObject({
      kind: 'unprocessable',
      code: 'TOO_MANY_SAMPLES',
      details: { tag: 'T1', raw_count: 5, points: 4 },
    });
    await read({ method: 'lttb', points: 4 });
    expect(asked).toHaveLength(2);
  });

  it.each([
    [0, 'raw'],
    [10_000, 'rollup_10s'],
    [60_000, 'rollup_1min'],
    [900_000, 'rollup_15min'],
    [HOUR, 'rollup_1h'],
    [24 * HOUR, 'rollup_1d'],
  ])('made of buckets of %i ms say that their source is %s', async (sourceMs, source) => {
    found.sourceMs = sourceMs;
    const [{ head }] = (await read()).series;
    expect(head).toEqual({
      tag: 'T1',
      unit: 'kPa',
      raw_count: 7,
      uncertain_count: 2,
      bad_count: 1,
      returned_count: 2,
      method: 'minmax',
      source,
    });
  });

  it('have averages of six digits, and samples as they were sent', async () => {
    const valuesOf = async (method: SeriesQuery['method']): Promise<number[]> => [
      ...(await read({ method })).series[0].values,
    ];
    expect(await valuesOf('avg')).toEqual([0.333333, 2]);
    for (const method of ['raw', 'minmax', 'lttb'] as const)
      expect(await valuesOf(method)).toEqual([1 / 3, 2]);
  });

  it('say of a sample that it is not good, raw ones also that it is', async () => {
    const qualities = async (method: SeriesQuery['method']) => {
      const [{ qualityOf }] = (await read({ method })).series;
      return [qualityOf(0), qualityOf(1)];
    };
    expect(await qualities('minmax')).toEqual([undefined, undefined]);
    found.qualities = Uint8Array.of(0, 1);
    expect(await qualities('minmax')).toEqual([undefined, 'uncertain']);
    expect(await qualities('raw')).toEqual(['good', 'uncertain']);
  });
});
