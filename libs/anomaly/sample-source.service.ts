import { Injectable } from '@nestjs/common';
import { SeriesReader, TagDirectory } from '#timeseries';
import { type SampleBatch, SAMPLING_INTERVAL_MS } from './detector-stream.js';

/** Samples of single tags closer than this to the first of them are one plant sample. */
export const SAMPLE_WIDTH_MS = SAMPLING_INTERVAL_MS / 2;
/** Longest stretch looked through at a time in search of samples. */
const LONGEST_LOOK_MS = 1_000 * SAMPLING_INTERVAL_MS;

/** Reads what detectors score: the samples of their tags, row by row. */
@Injectable()
export class SampleSource {
  constructor(
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
  ) {}

  /** Plant samples that begin in `[from, to)`, with what belongs to the last of them though it came after `to`. */
  async readSamples(tagCodes: readonly string[], from: number, to: number): Promise<SampleBatch> {
    const rows = await this.read(tagCodes, from, to + SAMPLE_WIDTH_MS);
    const samples = alignSamples(rows, tagCodes.length, SAMPLE_WIDTH_MS);
    const beyond = samples.timestamps.findIndex((ts) => ts >= to);
    return firstRows(samples, beyond, tagCodes.length);
  }

  /** The next plant samples, `count` at most, in `[from, to]`, however long there are none. */
  async readNext(tagCodes: readonly string[], from: number, to: number, count: number): Promise<SampleBatch> {
    let look = count * SAMPLING_INTERVAL_MS;
    let batch: SampleBatch = { timestamps: new Float64Array(), values: new Float64Array() };
    for (
      let at = from;
      at <= to && batch.timestamps.length === 0;
      look = Math.min(2 * look, LONGEST_LOOK_MS)
    ) {
      const end = Math.min(at + look, to + 1);
      batch = await this.readSamples(tagCodes, at, end);
      at = end;
    }
    return firstRows(batch, count, tagCodes.length);
  }

  /** Rows in `[from, to)` as they are stored; tags the plant does not have are missing in every row. */
  async read(tagCodes: readonly string[], from: number, to: number): Promise<SampleBatch> {
    const known = await this.tags.all();
    const columns = tagCodes.map((code, column) => ({ column, id: known.get(code)?.id }));
    const present = columns.filter(
      (entry): entry is { column: number; id: number } => entry.id !== undefined,
    );
    const matrix = await this.reader.readMatrix({ tagIds: present.map(({ id }) => id), from, to });
    if (present.length === tagCodes.length) return matrix;
    const values = new Float64Array(matrix.timestamps.length * tagCodes.length).fill(NaN);
    for (let row = 0; row < matrix.timestamps.length; row++) {
      present.forEach(({ column }, i) => {
        values[row * tagCodes.length + column] = matrix.values[row * present.length + i];
      });
    }
    return { timestamps: matrix.timestamps, values };
  }
}

/** The first rows of a batch; all of them when `count` is negative or larger. */
export function firstRows(batch: SampleBatch, count: number, tags: number): SampleBatch {
  if (count < 0 || count >= batch.timestamps.length) return batch;
  return {
    timestamps: batch.timestamps.subarray(0, count),
    values: batch.values.subarray(0, count * tags),
  };
}

/**
 * Joins rows that begin less than `widthMs` after the first of them, so that tags that are posted apart become one
 * sample; of several values of a tag the last one counts.
 */
export function alignSamples(
  { timestamps, values }: SampleBatch,
  tags: number,
  widthMs: number,
): SampleBatch {
  const kept: number[] = [];
  const rows: Float64Array[] = [];
  for (let row = 0; row < timestamps.length; row++) {
    const current = values.subarray(row * tags, (row + 1) * tags);
    const last = kept.at(-1);
    if (last !== undefined && timestamps[row] - last < widthMs) {
      const target = rows[rows.length - 1];
      for (let tag = 0; tag < tags; tag++) if (!Number.isNaN(current[tag])) target[tag] = current[tag];
      continue;
    }
    kept.push(timestamps[row]);
    rows.push(current.slice());
  }
  const joined = new Float64Array(rows.length * tags);
  rows.forEach((row, i) => joined.set(row, i * tags));
  return { timestamps: Float64Array.from(kept), values: joined };
}
