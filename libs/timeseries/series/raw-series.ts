import type { SeriesPoints } from './bin-averages.js';
import { BAD_QUALITY } from '../samples/sample-columns.js';

/** Raw samples of one tag in ascending order of time. */
export interface RawSeries extends SeriesPoints {
  qualities: Uint8Array;
}

export const NO_SAMPLES: RawSeries = {
  times: new Float64Array(0),
  values: new Float64Array(0),
  qualities: new Uint8Array(0),
};

/** The samples that are not worse than `worst`, an index of QUALITIES. */
export function noWorseThan(worst: number, series: RawSeries): RawSeries {
  const { times, values, qualities } = series;
  if (worst >= BAD_QUALITY || qualities.every((quality) => quality <= worst)) return series;
  const isKept = (_: number, i: number): boolean => qualities[i] <= worst;
  return {
    times: times.filter(isKept),
    values: values.filter(isKept),
    qualities: qualities.filter(isKept),
  };
}

/** Puts parts of a series, in order of time, behind one another. */
export function joinedSeries(parts: readonly RawSeries[]): RawSeries {
  const qualities = new Uint8Array(parts.reduce((length, part) => length + part.qualities.length, 0));
  let start = 0;
  for (const part of parts) {
    qualities.set(part.qualities, start);
    start += part.qualities.length;
  }
  return {
    times: joinedNumbers(parts.map(({ times }) => times)),
    values: joinedNumbers(parts.map(({ values }) => values)),
    qualities,
  };
}

/** Arrays behind one another in a new one; a single one is returned as it is. */
function joinedNumbers(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0];
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}
