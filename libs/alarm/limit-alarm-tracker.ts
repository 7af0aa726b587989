import type { SensorTag } from '#equipment';
import {
  ALARM_LIMITS,
  type AlarmDelays,
  type AlarmLimit,
  type AlarmSettings,
  AT_REST,
  delayedCondition,
  type LimitCondition,
  limitOf,
} from '#timeseries';

/** What the tracker needs to know of a tag. */
export type LimitedTag = Pick<SensorTag, 'id'> & AlarmSettings & AlarmDelays;

/** A limit alarm began or ended with a sample. */
export interface LimitTransition {
  tagId: number;
  limit: AlarmLimit;
  active: boolean;
  /** Plant time of the sample. */
  ts: number;
  /** null when no value but a change of the settings ended it. */
  value: number | null;
  limitValue: number | null;
  /** When the alarm that ends began. */
  since: number | null;
  /** Whether the graver limit on the same side is active. */
  isOutranked: boolean;
}

interface TrackedLimit extends LimitCondition {
  /** When it became active. */
  since: number | null;
}

/** Alarms that are active or about to turn, JSON-serialisable, by {@link limitKey}. */
export type LimitTrackerState = Record<string, TrackedLimit>;

export function limitKey(tagId: number, limit: AlarmLimit): string {
  return `${tagId} ${limit}`;
}

/** Follows the limit alarms of all tags along their samples. */
export class LimitAlarmTracker {
  private readonly state: LimitTrackerState;

  constructor(state: LimitTrackerState = {}) {
    this.state = structuredClone(state);
  }

  /** @param value NaN where the tag has no sample at `ts` */
  step(tag: LimitedTag, ts: number, value: number): LimitTransition[] {
    return ALARM_LIMITS.flatMap((limit) => this.stepLimit(tag, limit, ts, value));
  }

  /** Whether a tag without limits still has an alarm to end. */
  knows(tagId: number): boolean {
    return ALARM_LIMITS.some((limit) => limitKey(tagId, limit) in this.state);
  }

  isActive(tagId: number, limit: AlarmLimit): boolean {
    return this.state[limitKey(tagId, limit)]?.active ?? false;
  }

  /** When the active alarm of a limit began; null when it is not active. */
  activeSince(tagId: number, limit: AlarmLimit): number | null {
    return this.state[limitKey(tagId, limit)]?.since ?? null;
  }

  snapshot(): LimitTrackerState {
    return structuredClone(this.state);
  }

  private stepLimit(tag: LimitedTag, limit: AlarmLimit, ts: number, value: number): LimitTransition[] {
    const limitValue = limitOf(tag, limit);
    const key = limitKey(tag.id, limit);
    const before = this.state[key] ?? { ...AT_REST, since: null };
    if (limitValue !== null && Number.isNaN(value)) return [];
    const { active, turningSince } = delayedCondition(before, { ts, value }, limit, tag);
    const since = !active ? null : before.active ? before.since : ts;
    if (active || turningSince !== null) this.state[key] = { active, turningSince, since };
    else delete this.state[key];
    if (active === before.active) return [];
    return [
      {
        tagId: tag.id,
        limit,
        active,
        ts,
        value: limitValue === null ? null : value,
        limitValue,
        since: active ? null : before.since,
        isOutranked:
          (limit === 'H' && this.isActive(tag.id, 'HH')) || (limit === 'L' && this.isActive(tag.id, 'LL')),
      },
    ];
  }
}
