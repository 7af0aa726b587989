import { describe, expect, it } from '#jest';
import { lateSamples } from './late-samples.js';

const write = (fromTs: number, toTs: number) => ({ position: 1, fromTs, toTs, samples: 1 });

describe('late samples', () => {
  it('are those written behind the scorer', () => {
    expect(lateSamples([write(101, 120)], 100, 0)).toEqual({ from: undefined, unscored: 0 });
    expect(lateSamples([write(101, 120), write(100, 130), write(90, 95)], 100, 0)).toEqual({
      from: 90,
      unscored: 0,
    });
  });

  it('are left unscored where nothing is remembered, without hiding those that can be scored', () => {
    expect(lateSamples([write(10, 20), write(70, 80)], 100, 50)).toEqual({ from: 70, unscored: 1 });
    expect(lateSamples([write(10, 60)], 100, 50)).toEqual({ from: 51, unscored: 1 });
    expect(lateSamples([write(10, 50)], 100, 50)).toEqual({ from: undefined, unscored: 1 });
  });
});
