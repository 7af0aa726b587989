import type { SensorTag } from '#equipment';

/** Where a value stands among the alarm limits of its tag. */
export const LIMIT_STATES = ['normal', 'L', 'H', 'LL', 'HH'] as const;
export type LimitState = (typeof LIMIT_STATES)[number];

/** Limits that raise an alarm each, the outer ones first. */
export const ALARM_LIMITS = ['HH', 'LL', 'H', 'L'] as const satisfies LimitState[];
export type AlarmLimit = (typeof ALARM_LIMITS)[number];

const LIMITS_HELD: Readonly<Record<LimitState, readonly AlarmLimit[]>> = {
  normal: [],
  L: ['L'],
  H: ['H'],
  LL: ['LL', 'L'],
  HH: ['HH', 'H'],
};

/** What decides over a tag's alarms; null where it has no such limit. */
export type AlarmSettings = Pick<SensorTag, 'limitLl' | 'limitL' | 'limitH' | 'limitHh' | 'deadband'>;

/** How long a value must be beyond a limit before its alarm begins, and back inside before it ends. */
export type AlarmDelays = Pick<SensorTag, 'onDelayMs' | 'offDelayMs'>;

/** Where the alarm of one limit stands. */
export interface LimitCondition {
  active: boolean;
  /** Since when the value has been on the other side, shorter than the delay; null when it is not. */
  turningSince: number | null;
}

export const AT_REST: LimitCondition = { active: false, turningSince: null };

/** The value of a limit, null where the tag has none. */
export function limitOf(
  { limitLl, limitL, limitH, limitHh }: AlarmSettings,
  limit: AlarmLimit,
): number | null {
  return { LL: limitLl, L: limitL, H: limitH, HH: limitHh }[limit];
}

/**
 * Whether a value counts as beyond a limit. One that was beyond it is back inside only by the deadband, so that a value at
 * the limit does not chatter (ISA-18.2).
 * @param held whether it was beyond it until now
 */
function isBeyondLimit(value: number, limit: AlarmLimit, settings: AlarmSettings, held: boolean): boolean {
  const at = limitOf(settings, limit);
  if (at === null) return false;
  const room = held ? settings.deadband : 0;
  const isUpper = limit === 'H' || limit === 'HH';
  const reached = isUpper ? value >= at : value <= at;
  return reached || (isUpper ? value > at - room : value < at + room);
}

/**
 * The outermost limit that a value is beyond; a value on a limit has reached it.
 * @param held limits that the tag was beyond until now: back inside these it is by the deadband only
 */
export function limitState(
  value: number,
  settings: AlarmSettings,
  held: readonly AlarmLimit[] = [],
): LimitState {
  const isBeyond = (limit: AlarmLimit): boolean =>
    isBeyondLimit(value, limit, settings, held.includes(limit));
  return ALARM_LIMITS.find(isBeyond) ?? 'normal';
}

/** The limits that a tag is beyond in a state: the inner one on that side, too. */
export function limitsHeldIn(state: LimitState): readonly AlarmLimit[] {
  return LIMITS_HELD[state];
}

/** Whether it depends on what was before where a value stands: it is inside a limit by less than the deadband. */
export function isWithinDeadband(value: number, settings: AlarmSettings): boolean {
  return limitState(value, settings, ALARM_LIMITS) !== limitState(value, settings);
}

/**
 * The alarm of one limit after one more sample, with deadband and delays: it begins with the sample that shows the value
 * beyond the limit for the on-delay, and ends with the one that shows it inside by the deadband for the off-delay. A value
 * stands until the next one comes.
 */
export function delayedCondition(
  before: LimitCondition,
  { ts, value }: { ts: number; value: number },
  limit: AlarmLimit,
  settings: AlarmSettings & AlarmDelays,
): LimitCondition {
  if (limitOf(settings, limit) === null) return AT_REST;
  const { active } = before;
  if (isBeyondLimit(value, limit, settings, active) === active) return { active, turningSince: null };
  const since = before.turningSince ?? ts;
  const delayMs = active ? settings.offDelayMs : settings.onDelayMs;
  return ts - since >= delayMs ? { active: !active, turningSince: null } : { active, turningSince: since };
}
