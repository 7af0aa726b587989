/** What a sample's quality says, the best first; stored as the number. */
export const QUALITIES = ['good', 'uncertain', 'bad'] as const;
export type QualityName = (typeof QUALITIES)[number];
/** Good values alone go into averages, KPIs and trainings, as OPC UA Part 13 has it. */
export const GOOD_QUALITY = 0;
/** Uncertain values are shown, scored and predicted from. */
export const UNCERTAIN_QUALITY = 1;
/** Bad values are shown as they were sent; everybody else takes them for missing. */
export const BAD_QUALITY = 2;

/** Larger values would overflow the sums of squares. */
export const MAX_MAGNITUDE = 1e100;
/** The last millisecond of the year 9999. */
export const MAX_TS = 253_402_300_799_999;

/** One measured value. `ts` is epoch milliseconds of plant time, `quality` an index of QUALITIES. */
export interface SamplePoint {
  tagId: number;
  ts: number;
  value: number;
  quality?: number | undefined;
}

/** The latest sample of a tag. */
export interface LatestSample {
  ts: number;
  value: number;
  quality: number;
}

/** Values of all tags of the plant at one moment, in plant order (XMEAS 1–41, XMV 1–12); NaN is a missing value. */
export interface SampleRecord {
  ts: number;
  values: Float64Array;
}

/** Samples of one tag in ascending order of time, no time twice. */
export interface SampleColumn {
  tagId: number;
  ts: number[];
  values: number[];
  qualities: number[];
}

/** Takes a sample; `quality` is an index of QUALITIES, good by default. */
export type AddSample = (tagId: number, ts: number, value: number, quality?: number) => void;

/** Samples by tag, in the order they come. */
export class SampleCollection {
  /** How many have come. */
  size = 0;
  private readonly byTag = new Map<number, SampleColumn>();

  readonly add: AddSample = (tagId, ts, value, quality = GOOD_QUALITY) => {
    push(columnOf(this.byTag, tagId), ts, value, quality);
    this.size++;
  };

  /** Sorted; of several samples with the same tag and time the one stays that came last, of all collections one after the other. */
  static columns(collections: readonly SampleCollection[]): SampleColumn[] {
    if (collections.length === 1) return [...collections[0].byTag.values()].map(ascending);
    const parts = new Map<number, SampleColumn[]>();
    for (const { byTag } of collections)
      for (const column of byTag.values()) {
        const known = parts.get(column.tagId);
        if (known) known.push(column);
        else parts.set(column.tagId, [column]);
      }
    return [...parts].map(([tagId, [first, ...others]]) =>
      ascending({
        tagId,
        ts: first.ts.concat(...others.map(({ ts }) => ts)),
        values: first.values.concat(...others.map(({ values }) => values)),
        qualities: first.qualities.concat(...others.map(({ qualities }) => qualities)),
      }),
    );
  }
}

/** Sorts points into columns; of several points with the same tag and time the last one given stays. */
export function columnsOfPoints(points: readonly SamplePoint[]): SampleColumn[] {
  const samples = new SampleCollection();
  for (const { tagId, ts, value, quality } of points) samples.add(tagId, ts, value, quality);
  return SampleCollection.columns([samples]);
}

/**
 * Turns records into columns.
 * @param tagIds ids of the tags in the order of the records' values
 */
export function columnsOfRecords(
  tagIds: readonly number[],
  records: readonly SampleRecord[],
): SampleColumn[] {
  const columns: SampleColumn[] = [];
  tagIds.forEach((tagId, i) => {
    const column: SampleColumn = { tagId, ts: [], values: [], qualities: [] };
    for (const { ts, values } of records)
      if (!Number.isNaN(values[i])) push(column, ts, values[i], GOOD_QUALITY);
    if (column.ts.length > 0) columns.push(ascending(column));
  });
  return columns;
}

function columnOf(columns: Map<number, SampleColumn>, tagId: number): SampleColumn {
  let column = columns.get(tagId);
  if (!column) columns.set(tagId, (column = { tagId, ts: [], values: [], qualities: [] }));
  return column;
}

function push(column: SampleColumn, ts: number, value: number, quality: number): void {
  column.ts.push(ts);
  column.values.push(value);
  column.qualities.push(quality);
}

function ascending(column: SampleColumn): SampleColumn {
  const { tagId, ts, values, qualities } = column;
  if (ts.every((time, i) => i === 0 || time > ts[i - 1])) return column;
  const order = ts.map((_, i) => i).sort((a, b) => ts[a] - ts[b] || a - b);
  const kept = order.filter((index, i) => i === order.length - 1 || ts[order[i + 1]] !== ts[index]);
  return {
    tagId,
    ts: kept.map((i) => ts[i]),
    values: kept.map((i) => values[i]),
    qualities: kept.map((i) => qualities[i]),
  };
}
