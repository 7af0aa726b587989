// Writes libs/tep/catalogue/operating-ranges.ts from simulated runs of every disturbance under every control scheme:
// `npm run build && node scripts/operating-ranges.mjs`. Two to ten minutes.
import { writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { CONTROL_SCHEMES, simulateRun, TAGS } from '#tep';

const RUNS = 10;
const FAULTS = 21;
const HOURS = 48;
const FILE = new URL('../libs/tep/catalogue/operating-ranges.ts', import.meta.url);

let seed = 20_011;
const nextSeed = () => (seed += 1_000_003);
const rows = CONTROL_SCHEMES.map((scheme) => {
  const low = new Float64Array(TAGS.length).fill(Infinity);
  const high = new Float64Array(TAGS.length).fill(-Infinity);
  const [sum, squares] = [new Float64Array(TAGS.length), new Float64Array(TAGS.length)];
  let normalRows = 0;
  for (let fault = 0; fault <= FAULTS; fault++)
    for (let run = 0; run < RUNS; run++) {
      const { values, columns } = simulateRun({ scheme, idv: fault, hours: HOURS, seed: nextSeed() });
      values.forEach((value, i) => {
        const tag = i % columns;
        low[tag] = Math.min(low[tag], value);
        high[tag] = Math.max(high[tag], value);
        if (fault > 0) return;
        const deviation = value - TAGS[tag].baseValue;
        sum[tag] += deviation;
        squares[tag] += deviation ** 2;
      });
      if (fault === 0) normalRows += values.length / columns;
    }
  return TAGS.map(({ baseValue }, tag) => {
    const mean = sum[tag] / normalRows;
    const sigma = Math.sqrt(Math.max(0, squares[tag] / normalRows - mean ** 2));
    const figures = [baseValue + mean, sigma, low[tag], high[tag]];
    return figures.map((figure) => Number(figure.toPrecision(5)) || 0);
  });
});
const table = TAGS.map(
  ({ code }, tag) => `  [${rows.map((scheme) => `[${scheme[tag].join(', ')}]`).join(', ')}], // ${code}`,
);
writeFileSync(
  FILE,
  `import { CONTROL_SCHEMES } from '../control/control-scheme.js';

/** Where a tag was in simulated runs under one control scheme, in its unit. */
export interface OperatingRange {
  /** Mean and standard deviation without a fault. */
  readonly mean: number;
  readonly sigma: number;
  /** Least and largest recorded value, with every fault. */
  readonly low: number;
  readonly high: number;
}

type Row = readonly [mean: number, sigma: number, low: number, high: number];

/**
 * A line a tag, in the order of the plant; in it a range for each of ${CONTROL_SCHEMES.join(', ')}. Written by
 * \`scripts/operating-ranges.mjs\`: ${RUNS} runs of ${HOURS} h of each of the faults 0 … ${FAULTS}, on from the first hour.
 */
// prettier-ignore
const ROWS: readonly (readonly Row[])[] = [
${table.join('\n')}
];

/** For every control scheme the ranges of all tags, in the order of the plant. */
export const OPERATING_RANGES: readonly (readonly OperatingRange[])[] = CONTROL_SCHEMES.map((_, scheme) =>
  ROWS.map((row) => {
    const [mean, sigma, low, high] = row[scheme];
    return { mean, sigma, low, high };
  }),
);
`,
);
execFileSync('node_modules/.bin/prettier', ['--write', FILE.pathname], { stdio: 'inherit' });
