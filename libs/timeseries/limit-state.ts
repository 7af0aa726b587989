import type { SensorTag } from '#equipment';

/** Where a value stands among the alarm limits of its tag; a value on a limit has reached it. */
export const LIMIT_STATES = ['normal', 'L', 'H', 'LL', 'HH'] as const;
export type LimitState = (typeof LIMIT_STATES)[number];

/** The outermost limit a value has reached. */
export function limitStateOf(
  value: number,
  { limitLl, limitL, limitH, limitHh }: Pick<SensorTag, 'limitLl' | 'limitL' | 'limitH' | 'limitHh'>,
): LimitState {
  if (limitHh !== null && value >= limitHh) return 'HH';
  if (limitLl !== null && value <= limitLl) return 'LL';
  if (limitH !== null && value >= limitH) return 'H';
  if (limitL !== null && value <= limitL) return 'L';
  return 'normal';
}
