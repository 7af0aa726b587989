import { describe, expect, it } from '#jest';
import { RecentlyUsed } from './recently-used.js';

describe('what was used recently', () => {
  const found = (kept: RecentlyUsed<{ bytes: number }>, names: string): string =>
    [...names].filter((name) => kept.use(name) !== undefined).join('');

  it('is kept up to a number, and the least recently used goes first', () => {
    const kept = new RecentlyUsed(3, Infinity);
    for (const name of 'abc') kept.keep(name, { bytes: 1 });
    kept.use('a');
    kept.keep('d', { bytes: 1 });
    expect(found(kept, 'abcd')).toBe('acd');
  });

  it('is kept up to a size, which may grow', () => {
    const kept = new RecentlyUsed(10, 100);
    const grows = { bytes: 40 };
    for (const name of 'ab') kept.keep(name, { bytes: 30 });
    kept.keep('c', grows);
    expect(found(kept, 'abc')).toBe('abc');
    grows.bytes = 80;
    kept.trim();
    expect(found(kept, 'abc')).toBe('c');
    kept.keep('d', { bytes: 101 });
    expect(found(kept, 'abcd')).toBe('');
  });
});
