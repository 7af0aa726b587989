import { beforeAll, describe, expect, it } from '#jest';
import { fitInnovationBank } from './fit-innovation-bank.js';
import type { InnovationBankDetector } from './innovation-bank.detector.js';
import { SeededRandom } from '../math/seeded-random.js';

const tagCodes = ['FLOW', 'LEVEL', 'VALVE', 'HEAT', 'TEMP'];
const TAGS = tagCodes.length;

interface Upset {
  readonly from: number;
  /** Added to the heat balance, in units of its noise. */
  readonly heat?: (sample: number) => number;
  /** Factor on the noise of the level transmitter. */
  readonly levelNoise?: number;
}

/**
 * A small closed loop: the level integrates the difference of flow and valve, the valve follows the level, the temperature
 * follows a heat balance.
 */
function aRun(seed: number, rows = 600, upset: Upset = { from: Infinity }): Float64Array {
  const random = new SeededRandom(seed);
  const run = new Float64Array(rows * TAGS);
  let flow = 0;
  let level = 0;
  let temperature = 0;
  for (let row = 0; row < rows; row++) {
    const isUpset = row >= upset.from;
    flow = 0.9 * flow + 0.3 * random.nextNormal();
    const valve = 0.8 * level + 0.05 * random.nextNormal();
    level += 0.2 * (flow - valve) + 0.05 * random.nextNormal();
    const heat = 0.5 * random.nextNormal();
    temperature = 0.7 * temperature + heat + (isUpset ? (upset.heat?.(row - upset.from) ?? 0) : 0);
    const noise = 0.1 * (isUpset ? (upset.levelNoise ?? 1) : 1) * random.nextNormal();
    const reading = 120 + temperature + 0.2 * random.nextNormal();
    run.set([100 + flow, 50 + level + noise, 40 + valve, 7 + heat, reading], row * TAGS);
  }
  return run;
}

const seeds = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

function stepThrough(bank: InnovationBankDetector, run: Float64Array): { statistic: number; top: string }[] {
  bank.reset();
  return Array.from({ length: run.length / TAGS }, (_, row) => {
    const { statistic, contributions } = bank.step(run.subarray(row * TAGS, (row + 1) * TAGS));
    return { statistic, top: tagCodes[contributions.indexOf(Math.max(...contributions))] };
  });
}

function alarmsAfter(bank: InnovationBankDetector, run: Float64Array, from: number): number {
  const assessed = stepThrough(bank, run).slice(from);
  return assessed.filter(({ statistic }) => statistic > bank.limit).length / assessed.length;
}

describe('the innovation chart bank', () => {
  let bank: InnovationBankDetector;
  beforeAll(() => {
    bank = fitInnovationBank(
      {
        tagCodes,
        trainingRuns: seeds(1, 30).map((seed) => aRun(seed)),
        calibrationRuns: seeds(100, 30).map((seed) => aRun(seed)),
      },
      { model: { lags: 4 }, quadratic: { components: 3 }, falseAlarmRate: 1e-3 },
    );
  });

  it('stays quiet on normal runs it never saw', () => {
    const share = seeds(200, 20).reduce((sum, seed) => sum + alarmsAfter(bank, aRun(seed), 0) / 20, 0);
    expect(share).toBeLessThan(5e-3);
  });

  it('is not ready before it has a full past, and then is', () => {
    bank.reset();
    const run = aRun(1);
    const ready = Array.from(
      { length: 6 },
      (_, row) => bank.step(run.subarray(row * TAGS, (row + 1) * TAGS)).ready,
    );
    expect(ready).toEqual([false, false, false, false, true, true]);
  });

  it('finds a lasting shift of half an innovation deviation, which no single sample shows, and names the tag', () => {
    const run = aRun(300, 800, { from: 300, heat: () => 0.4 });
    const assessed = stepThrough(bank, run);
    const first = assessed.findIndex(({ statistic }, row) => row >= 300 && statistic > bank.limit);
    expect(first).toBeLessThan(400);
    expect(assessed[first].top).toBe('TEMP');
    expect(alarmsAfter(bank, run, 450)).toBeGreaterThan(0.9);
  });

  it('finds slow wandering about an unchanged mean', () => {
    const run = aRun(301, 1000, { from: 200, heat: (sample) => 0.7 * Math.sin(sample / 5) });
    expect(alarmsAfter(bank, run, 400)).toBeGreaterThan(0.95);
  });

  it('finds a transmitter that has become noisy, and names it', () => {
    const run = aRun(302, 800, { from: 300, levelNoise: 2.5 });
    expect(alarmsAfter(bank, run, 400)).toBeGreaterThan(0.95);
    expect(stepThrough(bank, run)[700].top).toBe('LEVEL');
  });

  it('names where an upset entered as long as the plant stands still, though it is the flow that is off then', () => {
    const run = aRun(308, 1000, { from: 300, heat: () => 2 });
    const stopped = 330 * TAGS;
    run[stopped] = 0;
    for (let at = stopped + TAGS; at < run.length; at += TAGS) run.copyWithin(at, stopped, stopped + TAGS);
    const assessed = stepThrough(bank, run).slice(310);
    expect(assessed.every(({ statistic, top }) => statistic > bank.limit && top === 'TEMP')).toBe(true);
  });

  it('goes on in alarm from a snapshot, and from one of an earlier version, which knows of no onset', () => {
    const run = aRun(309, 500, { from: 300, heat: () => 2 });
    const sharesFrom = (from: number, detector: InnovationBankDetector): number[][] =>
      Array.from({ length: 20 }, (_, row) => {
        const at = (from + row) * TAGS;
        return Array.from(detector.step(run.subarray(at, at + TAGS)).contributions);
      });
    stepThrough(bank, run.slice(0, 400 * TAGS));
    const snapshot = JSON.parse(JSON.stringify(bank.snapshot())) as ReturnType<typeof bank.snapshot>;
    const expected = sharesFrom(400, bank);
    bank.restore(snapshot);
    expect(sharesFrom(400, bank)).toEqual(expected);

    const { onset, shares, ...earlier } = snapshot.state;
    expect(onset).toHaveLength(3);
    expect(shares).toHaveLength(TAGS);
    bank.restore({ ...snapshot, state: earlier });
    const [first] = sharesFrom(400, bank);
    expect(first.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('comes back within 150 samples of the end of a large upset', () => {
    const run = aRun(303, 900, { from: 300, heat: (sample) => (sample < 200 ? 50 : 0) });
    expect(alarmsAfter(bank, run.slice(0, 500 * TAGS), 300)).toBe(1);
    expect(alarmsAfter(bank, run, 650)).toBe(0);
  });

  it('is not held in alarm for long by one wild value', () => {
    const run = aRun(304);
    run[300 * TAGS + 1] = 1e6;
    const assessed = stepThrough(bank, run);
    expect(assessed[300].statistic).toBeGreaterThan(bank.limit);
    expect(assessed.slice(340).some(({ statistic }) => statistic > bank.limit)).toBe(false);
  });

  it('judges the other tags on while one is missing, and never blames the missing one', () => {
    const run = aRun(305, 800, { from: 300, heat: () => 1 });
    for (let row = 250; row < 800; row++) run[row * TAGS + 1] = NaN;
    const assessed = stepThrough(bank, run);
    expect(assessed.slice(250, 300).every(({ statistic }) => statistic < bank.limit)).toBe(true);
    expect(assessed.slice(400).every(({ statistic, top }) => statistic > bank.limit && top === 'TEMP')).toBe(
      true,
    );
  });

  it('gives the same residuals whether a tag is missing or holds exactly its conditional mean', () => {
    const run = aRun(306, 50);
    const withGap = run.slice();
    withGap[40 * TAGS + 3] = NaN;
    const statistics = stepThrough(bank, withGap).map(({ statistic }) => statistic);
    const complete = stepThrough(bank, run).map(({ statistic }) => statistic);
    expect(statistics.slice(0, 40)).toEqual(complete.slice(0, 40));
    expect(statistics.every(Number.isFinite)).toBe(true);
  });

  it('starts afresh after a sample with most tags missing', () => {
    bank.reset();
    const run = aRun(307);
    for (let row = 0; row < 20; row++) bank.step(run.subarray(row * TAGS, (row + 1) * TAGS));
    expect(bank.step(Float64Array.of(NaN, NaN, NaN, 7, 120)).ready).toBe(false);
    expect(bank.step(run.subarray(0, TAGS)).ready).toBe(false);
  });

  it('loses the curvature of the plant with the quadratic terms', () => {
    const curved = (seed: number): Float64Array => {
      const random = new SeededRandom(seed);
      const run = new Float64Array(600 * 2);
      let slow = 0;
      for (let row = 0; row < 600; row++) {
        const curvature = slow * slow;
        slow = 0.98 * slow + 0.2 * random.nextNormal();
        run.set([slow, curvature + 0.3 * random.nextNormal()], row * 2);
      }
      return run;
    };
    const input = {
      tagCodes: ['A', 'B'],
      trainingRuns: seeds(1, 20).map(curved),
      calibrationRuns: seeds(50, 20).map(curved),
    };
    const variance = (components: number): number =>
      fitInnovationBank(input, { model: { lags: 1 }, quadratic: { components }, falseAlarmRate: 0.01 })
        .parameters.model.covariance[3];
    const standardDeviation = fitInnovationBank(input, { model: { lags: 1 }, falseAlarmRate: 0.01 })
      .parameters.standardDeviation[1];
    // What remains is the noise of B, 0.3, and the smoothing lag of the quadratic term.
    expect(Math.sqrt(variance(2)) * standardDeviation).toBeLessThan(0.6);
    expect(Math.sqrt(variance(2)) * standardDeviation).toBeGreaterThan(0.3);
  });
});
