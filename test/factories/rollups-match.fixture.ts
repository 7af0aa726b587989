import { expect } from '#jest';
import type { Database } from '#platform';
import { BUCKETS_MS, FINE_BUCKETS_MS, QUARTER_MS } from '../../libs/timeseries/rollup/rollup.js';

type Row<Column extends string> = Record<Column, string | number>;
type RollupColumn =
  | 'tag_id'
  | 'bucket'
  | 'count'
  | 'min'
  | 'max'
  | 'first'
  | 'last'
  | 'sum'
  | 'sum_squares'
  | 'uncertain'
  | 'bad';

/** Values by their quality: good, uncertain, bad. */
type ByQuality = [number[], number[], number[]];

/** Expects every stored rollup to be what the stored samples say, and none to be missing or left over. */
export async function expectRollupsToMatchSamples(database: Database): Promise<void> {
  const samples = await database.query<Row<'tag_id' | 'ts' | 'value' | 'quality'>>(
    'SELECT tag_id, ts, value, quality FROM timeseries_sample ORDER BY tag_id, ts',
  );
  const quarters = await database.query<Row<'tag_id' | 'bucket' | 'finest_ms'>>(
    'SELECT tag_id, bucket, finest_ms FROM timeseries_rollup WHERE bucket_ms = ?',
    [QUARTER_MS],
  );
  const finest = new Map(
    quarters.map(({ tag_id, bucket, finest_ms }) => [`${tag_id}@${bucket}`, Number(finest_ms)]),
  );
  /** Of how a quarter is sampled follows whether there are buckets that fine. */
  const isKept = (tagId: unknown, ts: number, bucketMs: number): boolean => {
    const finestMs = finest.get(`${String(tagId)}@${ts - (ts % QUARTER_MS)}`) ?? 0;
    return bucketMs >= QUARTER_MS || (finestMs > 0 && bucketMs >= finestMs);
  };
  for (const bucketMs of [...FINE_BUCKETS_MS, ...BUCKETS_MS]) {
    const expected = new Map<string, ByQuality>();
    for (const { tag_id: tagId, ts, value, quality } of samples) {
      if (!isKept(tagId, Number(ts), bucketMs)) continue;
      const key = `${tagId}@${Number(ts) - (Number(ts) % bucketMs)}`;
      const values = expected.get(key) ?? [[], [], []];
      values[Number(quality)].push(Number(value));
      expected.set(key, values);
    }
    const stored = await database.query<Row<RollupColumn>>(
      'SELECT * FROM timeseries_rollup WHERE bucket_ms = ?',
      [bucketMs],
    );
    expect(stored.map(({ tag_id, bucket }) => `${tag_id}@${bucket}`).sort()).toEqual(
      [...expected.keys()].sort(),
    );
    for (const rollup of stored)
      expectRollup(rollup, expected.get(`${rollup.tag_id}@${rollup.bucket}`) ?? [[], [], []]);
  }
}

function expectRollup(rollup: Row<RollupColumn>, [values, uncertain, bad]: ByQuality): void {
  expect(rollup).toMatchObject({ count: values.length, uncertain: uncertain.length, bad: bad.length });
  if (values.length > 0)
    expect(rollup).toMatchObject({
      min: Math.min(...values),
      max: Math.max(...values),
      first: values[0],
      last: values.at(-1),
    });
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  // the database may add in another order than this test
  expect(Math.abs(Number(rollup.sum) - sum)).toBeLessThanOrEqual(1e-12 * Math.sqrt(squares * values.length));
  expect(Math.abs(Number(rollup.sum_squares) - squares)).toBeLessThanOrEqual(1e-12 * squares);
}
