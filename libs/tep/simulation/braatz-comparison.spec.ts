import { describe, expect, it } from '#jest';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BRAATZ_COLUMNS, compareWithBraatz, reproduceBraatzFile } from './braatz-comparison.js';
import { BRAATZ_RUNS } from '../catalogue/braatz-seeds.js';
import { simulateRun } from './simulate-run.js';

const projectRoot = fileURLToPath(new URL('../../../../', import.meta.url));
const dataDir = resolve(projectRoot, process.env.TEP_DATA_DIR ?? '../shared/tep/braatz');
const withPublicData = existsSync(join(dataDir, 'd00.dat')) ? describe : describe.skip;
if (withPublicData === describe.skip) {
  process.stderr.write(`SKIPPED: no public data in ${dataDir}; set TEP_DATA_DIR to test against it\n`);
}

/** Rows × 52 of a file with one sample a line. */
function readPublished(name: string): Float64Array {
  return Float64Array.from(
    readFileSync(join(dataDir, `${name}.dat`), 'utf8')
      .trim()
      .split(/\s+/),
    Number,
  );
}

withPublicData('the simulator beside the public data', () => {
  it.each(BRAATZ_RUNS.filter(({ name }) => ['d04', 'd08_te', 'd06_te'].includes(name)))(
    'reproduces $name row by row',
    (run) => {
      const { equalPercent, nearPercent, maxDeviationSigmas } = compareWithBraatz(
        reproduceBraatzFile(run),
        readPublished(run.name),
      );
      expect(equalPercent).toBeGreaterThan(96.5);
      expect(nearPercent).toBeGreaterThan(99.86);
      expect(maxDeviationSigmas).toBeLessThan(0.51);
    },
  );
});

describe('a comparison with a public file', () => {
  const published = new Float64Array(BRAATZ_COLUMNS).fill(1.2345);

  it('counts numbers equal in five digits and within two units of the fifth', () => {
    const simulated = published.map((value, i) => value + [0, 0.00004, 0.0001, 0.0003][i % 4]);
    expect(compareWithBraatz(simulated, published)).toMatchObject({
      count: 52,
      equalPercent: 50,
      nearPercent: 75,
    });
  });

  it('tells the largest deviation of a measurement in deviations of its noise, and none of a command', () => {
    // 0.06 of the noise of 0.3 kPa of XMEAS_07 and 0.001 of the 0.01 °C of XMEAS_09; XMV_01 has no noise.
    const moved = published
      .with(6, 1.2345 - 0.06)
      .with(8, 1.2345 + 0.001)
      .with(41, 5);
    expect(compareWithBraatz(moved, published).maxDeviationSigmas).toBeCloseTo(0.2, 9);
    expect(compareWithBraatz(new Float64Array(52), new Float64Array(52))).toEqual({
      count: 52,
      equalPercent: 100,
      nearPercent: 100,
      maxDeviationSigmas: 0,
    });
  });

  it('is with the rows of the run that the file has', () => {
    const run = { name: 'own', seed: 5, idv: 4, hours: 0.5, faultOnsetHour: 0.2, firstRow: 4 };
    const { values, columns, rows } = simulateRun({ ...run, significantDigits: null });
    const reproduced = reproduceBraatzFile(run);
    expect(reproduced).toHaveLength((rows - 4) * BRAATZ_COLUMNS);
    for (let row = 4; row < rows; row++) {
      const own = reproduced.subarray((row - 4) * BRAATZ_COLUMNS, (row - 3) * BRAATZ_COLUMNS);
      expect(own).toEqual(values.subarray(row * columns, row * columns + BRAATZ_COLUMNS));
    }
  });

  it('refuses runs of another length', () => {
    expect(() => compareWithBraatz(published.subarray(1), published)).toThrow(
      '51 numbers, the published file 52',
    );
  });
});
