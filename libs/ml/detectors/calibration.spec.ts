import { describe, expect, it } from '#jest';
import { empiricalLimit, episodeLimit, normalRatio, statisticsOver } from './calibration.js';
import type { DetectorReading, StreamingDetector } from './detector.js';
import { SeededRandom } from '../math/seeded-random.js';

/** A detector whose statistic is its only tag. */
function aPlainDetector(): StreamingDetector {
  return {
    name: 'zscore',
    tagCodes: ['A'],
    limit: 0,
    step: (values): DetectorReading => {
      return { statistic: values[0], limit: 0, contributions: new Float64Array(1), ready: true };
    },
    reset: () => undefined,
    snapshot: () => ({ detector: 'zscore', state: {} }),
    restore: () => undefined,
    toArtifact: () => ({ meta: { detector: 'zscore', tagCodes: ['A'], limit: 0 }, tensors: {} }),
  };
}

/** A level drawn from a Gumbel distribution (location 4, scale 0.5) in every half day, held for `held` samples of it. */
function aRun(seed: number, days: number, held = 6): Float64Array {
  const random = new SeededRandom(seed);
  const run = new Float64Array(days * 480);
  for (let block = 0; block < days * 2; block++) {
    const level = 4 - 0.5 * Math.log(-Math.log(1 - random.next()));
    run.fill(level, block * 240 + 100, block * 240 + 100 + held);
  }
  return run;
}

describe('the limit by false episodes', () => {
  const runs = Array.from({ length: 400 }, (_, i) => aRun(i + 1, 2));

  it('extrapolates: one episode in 90 days of half-day blocks with location 4, scale ½ lies at 4 + ½·ln 180 = 6.596', () => {
    const limit = episodeLimit(aPlainDetector(), runs, { daysPerFalseEpisode: 90 });
    expect(Math.abs(limit - (4 + 0.5 * Math.log(180)))).toBeLessThan(0.2);
  });

  it('does not notice two runs of a hundred in which something happened', () => {
    const some = runs.slice(0, 100);
    const odd = some.map((run, i) => (i % 50 === 0 ? run.map(() => 100) : run));
    const change = episodeLimit(aPlainDetector(), odd) - episodeLimit(aPlainDetector(), some);
    expect(change).toBeGreaterThanOrEqual(0);
    expect(change).toBeLessThan(0.3);
    expect(empiricalLimit(aPlainDetector(), odd, 0.01)).toBe(100);
  });

  it('counts only what is held for the on-delay', () => {
    const brief = Array.from({ length: 20 }, (_, i) => aRun(i + 1, 2, 5));
    expect(episodeLimit(aPlainDetector(), brief)).toBe(0);
  });

  it('is one episode in 90 days of six samples where nothing else is asked for', () => {
    const some = runs.slice(0, 40);
    const limit = episodeLimit(aPlainDetector(), some);
    expect(limit).toBe(episodeLimit(aPlainDetector(), some, { daysPerFalseEpisode: 90, onDelay: 6 }));
    expect(limit).not.toBe(episodeLimit(aPlainDetector(), some, { onDelay: 5 }) + 1);
    expect(episodeLimit(aPlainDetector(), some, { daysPerFalseEpisode: 91 })).toBeGreaterThan(limit);
  });

  it('takes the highest level held in each half day, by hand', () => {
    // Twelve half days with the levels 1 … 12, each held for six samples beside a single higher one, the last six of its block.
    const day = (low: number, high: number): Float64Array => {
      const run = new Float64Array(480);
      [low, high].forEach((level, block) => {
        run.fill(level, block * 240 + 234, block * 240 + 240);
        run[block * 240 + 100] = 99;
      });
      return run;
    };
    const days = [0, 1, 2, 3, 4, 5].map((n) => day(2 * n + 1, 2 * n + 2));
    // Quartiles of 1 … 12: 3.75 and 9.25. Gumbel quantiles −ln(−ln p): 0.3266 and 1.2459 at the quartiles.
    const gumbel = (p: number): number => -Math.log(-Math.log(p));
    const scale = (9.25 - 3.75) / (gumbel(0.75) - gumbel(0.25));
    const expected = 9.25 + scale * (gumbel(1 - 1 / 20) - gumbel(0.75));
    expect(episodeLimit(aPlainDetector(), days, { daysPerFalseEpisode: 10 })).toBeCloseTo(expected, 9);
    expect(() => episodeLimit(aPlainDetector(), days.slice(0, 5))).toThrow('12 are needed');
  });

  it('refuses less than six days', () => {
    expect(() => episodeLimit(aPlainDetector(), [])).toThrow('calibration run: no runs');
    expect(() => episodeLimit(aPlainDetector(), [aRun(1, 5)])).toThrow('10 half days of calibration');
  });
});

describe('the statistics over runs', () => {
  it('are those of a fresh start in each, without samples that are not ready', () => {
    let seen = 0;
    const detector: StreamingDetector = {
      ...aPlainDetector(),
      tagCodes: ['A', 'B'],
      reset: () => (seen = 0),
      step: (values) => ({
        statistic: values[0] + 10 * values[1],
        limit: 0,
        contributions: new Float64Array(2),
        ready: ++seen > 1,
      }),
    };
    detector.step(Float64Array.of(9, 9));
    const runs = [Float64Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(7, 8), Float64Array.of(1, 1, 2, 2)];
    expect(statisticsOver(detector, runs).map((run) => Array.from(run))).toEqual([[43, 65], [], [22]]);
    // Nor does it leave a past behind.
    expect(detector.step(Float64Array.of(9, 9)).ready).toBe(false);
  });
});

describe('the normal ratio', () => {
  it('is the median of statistic ÷ limit over all runs together', () => {
    // 1 2 3 4 and 6 8 10: the middle of seven is 4; 4 ÷ 8 = ½
    const runs = [Float64Array.of(4, 1, 3, 2), Float64Array.of(10, 6, 8)];
    expect(normalRatio({ ...aPlainDetector(), limit: 8 }, runs)).toBe(0.5);
  });
});

describe('the limit by false-alarm rate', () => {
  it('is the quantile of all samples: 5 % of 0 … 1000 lie beyond 950', () => {
    const ramp = Float64Array.from({ length: 1001 }, (_, i) => i);
    expect(empiricalLimit(aPlainDetector(), [ramp], 0.05)).toBeCloseTo(950, 9);
  });

  it('refuses to guess a tail from too few samples', () => {
    expect(() => empiricalLimit(aPlainDetector(), [new Float64Array(99)], 0.1)).toThrow(
      '99 calibration samples',
    );
    expect(empiricalLimit(aPlainDetector(), [new Float64Array(60), new Float64Array(40)], 0.1)).toBe(0);
    expect(() => empiricalLimit(aPlainDetector(), [], 0.1)).toThrow('calibration run: no runs');
  });
});
