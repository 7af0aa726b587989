import type { SeriesPoints } from './bin-averages.js';
import type { Rollup } from '../rollup/rollup.js';

type RollupEnds = Pick<Rollup, 'min' | 'max' | 'firstTs' | 'first' | 'lastTs' | 'last'>;

/**
 * Stands in for the samples of rollups with their lowest and highest values. A value that is also the first or the
 * last of its bucket gets that sample's time; of others only the bucket is known, they are put at its thirds.
 * @param rollups one tag's, in ascending order of time, each with a good sample
 */
export function rollupExtremes(rollups: readonly RollupEnds[]): SeriesPoints {
  const times: number[] = [];
  const values: number[] = [];
  for (const rollup of rollups) {
    const [early, late] = extremesOf(rollup);
    times.push(early.ts);
    values.push(early.value);
    if (early.value === late.value) continue;
    times.push(late.ts);
    values.push(late.value);
  }
  return { times: Float64Array.from(times), values: Float64Array.from(values) };
}

interface Extreme {
  ts: number;
  value: number;
}

function extremesOf({ min, max, firstTs, first, lastTs, last }: RollupEnds): [Extreme, Extreme] {
  const rising = first === min || (first !== max && last >= first);
  const [early, late] = rising ? [min, max] : [max, min];
  const third = (lastTs - firstTs) / 3;
  return [
    { ts: early === first ? firstTs : Math.floor(firstTs + third), value: early },
    { ts: late === last ? lastTs : Math.floor(firstTs + 2 * third), value: late },
  ];
}
