import { Injectable } from '@nestjs/common';
import { SeriesReader, TagDirectory } from '#timeseries';

/** Plant samples of some tags in order of time: `values[row * tags + tag]`, NaN = missing. */
export interface SampleBatch {
  timestamps: Float64Array;
  values: Float64Array;
}

/** Reads what detectors score: the samples of their tags, row by row. */
@Injectable()
export class SampleSource {
  constructor(
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
  ) {}

  /** Samples in `[from, to)`; tags the plant does not have are missing in every row. */
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

/** Joins rows closer than half a sampling interval, so that tags that are posted apart become one sample. */
export function alignSamples(
  { timestamps, values }: SampleBatch,
  tags: number,
  shortestIntervalMs: number,
): SampleBatch {
  const kept: number[] = [];
  const rows: Float64Array[] = [];
  for (let row = 0; row < timestamps.length; row++) {
    const current = values.subarray(row * tags, (row + 1) * tags);
    const last = kept.at(-1);
    if (last !== undefined && timestamps[row] - last < shortestIntervalMs) {
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
