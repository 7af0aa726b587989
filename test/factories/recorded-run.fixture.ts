import type { SampledTag, StoredSamples } from '../../libs/anomaly/sampling/plant-sampler.js';
import { TAGS, tagIndex } from '#tep';
import { DECIDING_TIMES } from '#timeseries';

const DAY_MS = 24 * 3_600_000;
const LONGEST_VALID_MS = 900_000;
const ANALYSER = 'XMEAS_23';
const FIRST_VALVE = 41;

/** A run in memory, row by row: `values[row * columns + tag]`, tags in the plant's order, ascending times. */
export interface RecordedRun {
  times: Float64Array;
  values: Float64Array;
  columns: number;
}

/** What the tables would hold of the first `tags` tags if the run had been sent up to `sentTo`. */
export function storedRun(
  { times, values, columns }: RecordedRun,
  tags: number,
  sentTo = Infinity,
): StoredSamples {
  const known = times.subarray(0, firstAfter(times, sentTo));
  const cell = (row: number, tag: number): number => values[row * columns + tag];
  const newestRow = (until: number): number => firstAfter(known, until) - 1;
  return {
    tags: TAGS.slice(0, tags).map(({ code, samplingIntervalMs }): SampledTag => ({
      code,
      samplingIntervalMs,
    })),
    rows: (from, to) => {
      const [first, end] = [firstAfter(known, from - 1), firstAfter(known, to - 1)];
      const rows = new Float64Array((end - first) * tags);
      for (let row = first; row < end; row++)
        rows.set(values.subarray(row * columns, row * columns + tags), (row - first) * tags);
      return Promise.resolve({ timestamps: known.slice(first, end), values: rows, end: to });
    },
    newestTimes: (until) => {
      const newest = (tag: number): number[] => {
        const found: number[] = [];
        for (let row = newestRow(until); row >= 0 && found.length < DECIDING_TIMES; row--) {
          if (known[row] <= until - DAY_MS) break;
          if (!Number.isNaN(cell(row, tag))) found.push(known[row]);
        }
        return found;
      };
      return Promise.resolve(Array.from({ length: tags }, (_, tag) => newest(tag)));
    },
    at: (moments) => {
      const found = {
        times: new Float64Array(moments.length * tags).fill(NaN),
        values: new Float64Array(moments.length * tags).fill(NaN),
      };
      moments.forEach((moment, i) => {
        const row = newestRow(moment);
        if (row < 0 || known[row] <= moment - LONGEST_VALID_MS) return;
        for (let tag = 0; tag < tags; tag++) {
          found.times[i * tags + tag] = known[row];
          found.values[i * tags + tag] = cell(row, tag);
        }
      });
      return Promise.resolve(found);
    },
    deliveries: (after, until) => {
      const [first, last] = [firstAfter(known, after), newestRow(until)];
      const analyser = tagIndex(ANALYSER);
      const found = [];
      for (let row = last; row > first; row--) {
        if (cell(row, analyser) !== cell(row - 1, analyser))
          found.push({ from: known[row - 1], to: known[row] });
      }
      return Promise.resolve({ found, since: first <= last ? known[first] : null });
    },
    commandTimes: (after, until) => {
      const moved = [];
      for (let row = newestRow(until); row > firstAfter(known, after); row--)
        for (let tag = FIRST_VALVE; tag < columns; tag++)
          if (cell(row, tag) !== cell(row - 1, tag)) moved.push(known[row]);
      return Promise.resolve(moved);
    },
  };
}

/** Index of the first time after `ts`. */
function firstAfter(times: Float64Array, ts: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] > ts) high = middle;
    else low = middle + 1;
  }
  return low;
}
