import type { SensorTag } from '#equipment';
import type { LimitState } from '#timeseries';

/** What decides over a tag's alarms; null where it has no such limit. */
export type AlarmSettings = Pick<SensorTag, 'limitLl' | 'limitL' | 'limitH' | 'limitHh' | 'deadband'>;

/**
 * Which limit a value has reached, the urgent one first. An alarm clears only once the value is back inside by the
 * deadband, so that a value at the limit does not chatter (ISA-18.2).
 * @param before the state until now
 */
export function limitAlarm(
  value: number,
  { limitLl, limitL, limitH, limitHh, deadband }: AlarmSettings,
  before: LimitState,
): LimitState {
  const above = (limit: number | null, held: boolean): boolean =>
    limit !== null && (value >= limit || (held && value > limit - deadband));
  const below = (limit: number | null, held: boolean): boolean =>
    limit !== null && (value <= limit || (held && value < limit + deadband));
  if (above(limitHh, before === 'HH')) return 'HH';
  if (below(limitLl, before === 'LL')) return 'LL';
  if (above(limitH, before === 'H' || before === 'HH')) return 'H';
  if (below(limitL, before === 'L' || before === 'LL')) return 'L';
  return 'normal';
}
