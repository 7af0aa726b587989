import { describe, expect, it } from '#jest';
import { samplingOf, samplingSentence } from './sampling.js';

const MEASUREMENT = { samplingIntervalMs: 180_000 };
const GAS_ANALYSER = { samplingIntervalMs: 360_000 };
const PRODUCT_ANALYSER = { samplingIntervalMs: 900_000 };

/** Times that lie these many seconds apart, in turn, the newest first. */
const every = (...seconds: number[]): number[] => {
  const times = [0];
  for (let i = 0; i < 30; i++) times.unshift(times[0] + seconds[i % seconds.length] * 1_000);
  return times;
};

/** Every 180 s, the last `count` of them every 360 s. */
const lossy = (count: number): number[] =>
  Array.from({ length: 31 }, (_, i) => -180_000 * (i < count ? 2 * i : i + count));

describe('the sampling of a tag', () => {
  it.each([
    ['every 180 s', every(180), MEASUREMENT, 'regular'],
    ['every 180 s, give or take ten', every(172, 188, 180), MEASUREMENT, 'regular'],
    ['every 180 s with every third sample lost', every(180, 360), MEASUREMENT, 'regular'],
    ['every 180 s until the last 20 of which every other was lost', lossy(20), MEASUREMENT, 'regular'],
    ['every 360 s for as long as is looked back', every(360), MEASUREMENT, 'slower'],
    ['every second', every(1), MEASUREMENT, 'faster'],
    ['every minute', every(60), MEASUREMENT, 'faster'],
    ['every 7 s, which does not meet 180 s', every(7), MEASUREMENT, 'off_grid'],
    ['every 50 s, which does not meet 180 s', every(50), MEASUREMENT, 'off_grid'],
    ['every 120 s, which does not meet 180 s', every(120), MEASUREMENT, 'off_grid'],
    ['every 200 s', every(200), MEASUREMENT, 'slower'],
    ['every 300 s', every(300), MEASUREMENT, 'slower'],
    ['an analysis every 6 min, stored once', every(360), GAS_ANALYSER, 'regular'],
    ['an analysis every 15 min, stored once', every(900), PRODUCT_ANALYSER, 'regular'],
    ['an analysis every 6 min, stored every 5', every(300), GAS_ANALYSER, 'regular'],
    ['an analysis every 6 min, stored every 15', every(900), GAS_ANALYSER, 'slower'],
    ['nothing', [], MEASUREMENT, 'never_sent'],
    ['too little to say', every(300).slice(0, 3), MEASUREMENT, 'regular'],
  ])('%s', (_what, times, tag, state) => {
    expect(samplingOf(times, tag).state).toBe(state);
  });

  it('is said in seconds', () => {
    const sampling = samplingOf(every(300), MEASUREMENT);
    expect(samplingSentence(sampling)).toBe('not watched: sampled every 300 s, learnt at 180 s');
  });
});
