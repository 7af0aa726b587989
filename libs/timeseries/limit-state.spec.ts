import { expect, it } from '@jest/globals';
import { limitStateOf } from './limit-state.js';

const limits = { limitLl: 0, limitL: 50, limitH: 100, limitHh: 114 };

it.each([
  [75, 'normal'],
  [100, 'H'],
  [99.9, 'normal'],
  [113.9, 'H'],
  [114, 'HH'],
  [50, 'L'],
  [0, 'LL'],
  [-3, 'LL'],
])('a level of %d %% is %s', (value, state) => {
  expect(limitStateOf(value, limits)).toBe(state);
});

it('a tag without limits is always normal', () => {
  expect(limitStateOf(1e9, { limitLl: null, limitL: null, limitH: null, limitHh: null })).toBe('normal');
});
