import { describe, expect, it } from '#jest';
import { empiricalLimit, episodeLimit, normalRatio } from './calibration.js';
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

  it('refuses less than six days', () => {
    expect(() => episodeLimit(aPlainDetector(), [aRun(1, 5)])).toThrow('10 half days of calibration');
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
  });
});
