import { describe, expect, it } from '#jest';
import { isDeeperThan } from './body-depth.js';

describe('the depth of a body', () => {
  it.each([
    ['nothing', undefined, 0, false],
    ['a number', 1, 0, false],
    ['an object of numbers', { a: 1 }, 1, false],
    ['an object in an array', [{ a: 1 }], 1, true],
    ['an object in an array', [{ a: 1 }], 2, false],
  ])('of %s', (_what, body, limit, deeper) => {
    expect(isDeeperThan(body, limit)).toBe(deeper);
  });

  it('of 50,000 arrays in each other is found without recursion', () => {
    const body: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    expect(isDeeperThan(body, 20)).toBe(true);
  });
});
