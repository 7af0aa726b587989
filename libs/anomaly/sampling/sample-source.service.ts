import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppError } from '#platform';
import { type MatrixQualities, QUALITIES, SamplingSurvey, SeriesReader, TagDirectory } from '#timeseries';
import { type SampleBatch, SAMPLING_INTERVAL_MS } from '../detection/detector-stream.js';
import {
  type Delivery,
  firstSamples,
  joinSamples,
  NO_POSITION,
  type PlantSamples,
  PlantSampler,
  SAMPLE_WIDTH_MS,
  type SampledTag,
  type SamplePosition,
  type StoredSamples,
  withValues,
} from './plant-sampler.js';

/** The worst quality that counts as a value. */
type WorstQuality = MatrixQualities['worst'];

/** Samples taken at a time from a long window: in three looks, and more than a prediction looks back. */
const SLICE_SAMPLES = 300;
/** The longest time for which a value that was sent stands: the interval of the slowest analyser. */
const LONGEST_VALID_MS = 900_000;

/** Reads what detectors score: the samples of their tags, row by row. */
@Injectable()
export class SampleSource {
  constructor(
    private readonly reader: SeriesReader,
    private readonly survey: SamplingSurvey,
    private readonly tags: TagDirectory,
  ) {}

  /** Plant samples that begin in `[from, to)`, with what belongs to the last of them though it came after `to`. */
  async readSamples(
    tagCodes: readonly string[],
    from: number,
    to: number,
    worst?: WorstQuality,
  ): Promise<PlantSamples> {
    const parts: PlantSamples[] = [];
    let before = NO_POSITION;
    for (let at = from; at < to;) {
      const part = await this.readNext(tagCodes, before, at, to - 1, SLICE_SAMPLES, worst);
      const last = part.timestamps.length - 1;
      if (last < 0) break;
      parts.push(part);
      before = { ts: part.timestamps[last], onGrid: part.onGrid[last] === 1 };
      at = before.ts + SAMPLE_WIDTH_MS;
      await setImmediate();
    }
    return withValues(joinSamples(parts, tagCodes.length), tagCodes.length);
  }

  /** The next plant samples, `count` at most, in `[from, to]`, however long there are none; with those of bad values only. */
  async readNext(
    tagCodes: readonly string[],
    before: SamplePosition,
    from: number,
    to: number,
    count: number,
    worst?: WorstQuality,
  ): Promise<PlantSamples> {
    const sampler = new PlantSampler(await this.storedSamples(tagCodes, worst));
    const samples = await sampler.next(before, from, to, count);
    return firstSamples(samples, count, tagCodes.length);
  }

  /** Rows in `[from, to)` as they are stored, without bad values; tags the plant does not have are missing in every row. */
  async read(
    tagCodes: readonly string[],
    from: number,
    to: number,
    qualities?: MatrixQualities,
  ): Promise<SampleBatch> {
    const known = await this.tags.all();
    const columns = tagCodes.map((code, column) => ({ column, id: known.get(code)?.id }));
    const present = columns.filter(
      (entry): entry is { column: number; id: number } => entry.id !== undefined,
    );
    const matrix = await this.reader.readMatrix({ tagIds: present.map(({ id }) => id), from, to }, qualities);
    if (present.length === tagCodes.length) return matrix;
    const { timestamps, bad } = matrix;
    const values = new Float64Array(timestamps.length * tagCodes.length).fill(NaN);
    const spreadBad = bad && new Uint8Array(values.length);
    for (let row = 0; row < timestamps.length; row++) {
      present.forEach(({ column }, i) => {
        values[row * tagCodes.length + column] = matrix.values[row * present.length + i];
        if (spreadBad) spreadBad[row * tagCodes.length + column] = bad[row * present.length + i];
      });
    }
    return { timestamps, values, ...(spreadBad && { bad: spreadBad }) };
  }

  /** Rows in `[from, end)`; the end is before `to` where so many samples lie between that they cannot be read at once. */
  private async readBounded(
    tagCodes: readonly string[],
    from: number,
    to: number,
    worst?: WorstQuality,
  ): Promise<SampleBatch & { end: number }> {
    for (let end = to; ; end = Math.ceil((from + end) / 2)) {
      try {
        return { ...(await this.read(tagCodes, from, end, { worst, withBad: true })), end };
      } catch (error) {
        const isTooMuch = error instanceof AppError && error.code === 'WINDOW_TOO_LARGE';
        if (!isTooMuch || end - from <= SAMPLING_INTERVAL_MS) throw error;
      }
    }
  }

  /** What is stored of these tags; those the plant does not have are silent. */
  private async storedSamples(
    tagCodes: readonly string[],
    worst: WorstQuality = 'uncertain',
  ): Promise<StoredSamples> {
    const known = await this.tags.all();
    const columns = tagCodes.flatMap((code, column) => {
      const tag = known.get(code);
      return tag ? [{ column, tag }] : [];
    });
    const ids = columns.map(({ tag }) => tag.id);
    const columnOf = new Map(columns.map(({ column, tag }) => [tag.id, column]));
    return {
      tags: tagCodes.map(
        (code): SampledTag => known.get(code) ?? { code, samplingIntervalMs: SAMPLING_INTERVAL_MS },
      ),
      rows: (from, to) => this.readBounded(tagCodes, from, to, worst),
      newestTimes: async (until) => {
        const times = await this.survey.newestTimes(
          columns.map(({ tag }) => tag),
          until,
        );
        return tagCodes.map((code) => times.get(known.get(code)?.id ?? -1) ?? []);
      },
      at: async (moments) => {
        const times = new Float64Array(moments.length * tagCodes.length).fill(NaN);
        const values = new Float64Array(moments.length * tagCodes.length).fill(NaN);
        const isUsable = (quality: number): boolean => quality <= QUALITIES.indexOf(worst);
        const bad = new Uint8Array(values.length);
        for (const { tagId, moment, ts, value, quality } of await this.reader.at(
          ids,
          moments,
          LONGEST_VALID_MS,
        )) {
          const cell = moments.indexOf(moment) * tagCodes.length + (columnOf.get(tagId) ?? 0);
          times[cell] = ts;
          if (isUsable(quality)) values[cell] = value;
          else bad[cell] = 1;
        }
        return { times, values, bad };
      },
      deliveries: (after, until) => this.deliveries(after, until),
      commandTimes: async (after, until) => {
        const valves = [...known.values()].filter(({ role }) => role === 'manipulated').map(({ id }) => id);
        return (await this.reader.changes(valves, after, until)).map(({ to }) => to);
      },
    };
  }

  /** What the plant's fastest analyser delivered, whether or not it is among the tags asked for. */
  private async deliveries(
    after: number,
    until: number,
  ): Promise<{ found: Delivery[]; since: number | null }> {
    const analysers = [...(await this.tags.all()).values()].filter(
      ({ samplingIntervalMs }) => samplingIntervalMs > SAMPLING_INTERVAL_MS,
    );
    const shortest = Math.min(...analysers.map(({ samplingIntervalMs }) => samplingIntervalMs));
    for (const { id, samplingIntervalMs } of analysers) {
      if (samplingIntervalMs > shortest) continue;
      const since = await this.reader.firstAfter(id, after, until);
      if (since !== null) return { found: await this.reader.changes([id], after, until), since };
    }
    return { found: [], since: null };
  }
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
