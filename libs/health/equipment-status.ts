import type { Severity } from '#anomaly';
import type { UnwatchedReason } from '#timeseries';
import { bandOf, type ReachedLimit } from './equipment-score.js';

export const EQUIPMENT_STATUSES = ['running', 'warning', 'fault', 'stopped', 'unknown', 'unwatched'] as const;
export type EquipmentStatus = (typeof EQUIPMENT_STATUSES)[number];

/** What the status of an equipment follows from. */
export interface StatusFacts {
  /** Why it is not watched; null when it is. */
  unwatched: { code: UnwatchedReason; reason: string } | null;
  /** Whether its tags have sent anything lately that is not bad. */
  speaks: boolean;
  /** Whether they have sent bad values lately. */
  sendsBad?: boolean;
  /** Whether the plant stands still. */
  standsStill: boolean;
  /** Of its open anomalies. */
  severities: readonly Severity[];
  /** Limits that its values have reached, with their tags. */
  limits: readonly { tag: string; limit: ReachedLimit }[];
  score: number | null;
}

/** A status and, in one sentence, why; a unit that simply runs needs no reason. */
export interface StatusWithReason {
  status: EquipmentStatus;
  reason: string | null;
}

/**
 * The status of an equipment: unwatched when there is nothing to watch it by, unknown without samples that are not bad, stopped while the
 * plant stands still; a fault when a shutdown limit is reached, an anomaly is high or critical, or the score is poor; a
 * warning when anything less is the matter. Alarm limits hold however a unit is sampled, the rest does not.
 */
export function statusOf(facts: StatusFacts): StatusWithReason {
  const { unwatched, speaks, sendsBad = false, standsStill, severities, limits, score } = facts;
  if (unwatched?.code === 'no_tags' || unwatched?.code === 'never_sent')
    return { status: 'unwatched', reason: sentence(unwatched.reason) };
  if (!speaks) {
    const sent = sendsBad ? 'only values of bad quality' : 'nothing';
    return { status: 'unknown', reason: `Its sensors have sent ${sent} for half an hour` };
  }
  if (standsStill)
    return { status: 'stopped', reason: 'The plant stands still: its measurements repeat exactly' };
  const urgent = limits.filter(({ limit }) => limit === 'LL' || limit === 'HH');
  if (urgent.length > 0) return { status: 'fault', reason: limitSentence(urgent) };
  if (unwatched)
    return limits.length > 0
      ? { status: 'warning', reason: limitSentence(limits) }
      : { status: 'unwatched', reason: sentence(unwatched.reason) };
  const grave = severities.filter((severity) => severity === 'high' || severity === 'critical');
  if (grave.length > 0)
    return { status: 'fault', reason: `Open anomalies of high severity: ${grave.length}` };
  const band = score === null ? null : bandOf(score);
  if (band === 'poor') return { status: 'fault', reason: `Its health score is poor: ${score}` };
  if (limits.length > 0) return { status: 'warning', reason: limitSentence(limits) };
  if (severities.length > 0) return { status: 'warning', reason: `Open anomalies: ${severities.length}` };
  if (band === 'fair') return { status: 'warning', reason: `Its health score is only fair: ${score}` };
  return { status: 'running', reason: null };
}

function sentence(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}

function limitSentence(limits: StatusFacts['limits']): string {
  return `Alarm limits reached: ${limits.map(({ tag, limit }) => `${tag} ${limit}`).join(', ')}`;
}
