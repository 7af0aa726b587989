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
  reason_ko: string | null;
}

/** Why a unit is not watched, without its sampling, which the API states beside it. */
const UNWATCHED_KO: Readonly<Record<UnwatchedReason, string>> = {
  no_tags: '태그가 없어 감시하지 않습니다',
  never_sent: '값을 보낸 적이 없어 감시하지 않습니다',
  slower: '모델이 학습한 것보다 샘플이 드물게 들어와 감시하지 않습니다',
  off_grid: '모델이 학습한 시점에 샘플이 없어 감시하지 않습니다',
};

/**
 * The status of an equipment: unwatched when there is nothing to watch it by, unknown without samples that are not bad, stopped while the
 * plant stands still; a fault when a shutdown limit is reached, an anomaly is high or critical, or the score is poor; a
 * warning when anything less is the matter. Alarm limits hold however a unit is sampled, the rest does not.
 */
export function statusOf(facts: StatusFacts): StatusWithReason {
  const { unwatched, speaks, sendsBad = false, standsStill, severities, limits, score } = facts;
  if (unwatched?.code === 'no_tags' || unwatched?.code === 'never_sent') return notWatched(unwatched);
  if (!speaks) return silent(sendsBad);
  if (standsStill)
    return because(
      'stopped',
      'The plant stands still: its measurements repeat exactly',
      '플랜트 정지: 측정값이 변하지 않습니다',
    );
  const urgent = limits.filter(({ limit }) => limit === 'LL' || limit === 'HH');
  if (urgent.length > 0) return atLimits('fault', urgent);
  if (unwatched) return limits.length > 0 ? atLimits('warning', limits) : notWatched(unwatched);
  const grave = severities.filter((severity) => severity === 'high' || severity === 'critical').length;
  if (grave > 0)
    return because(
      'fault',
      `Open anomalies of high severity: ${grave}`,
      `심각도가 높은 진행 중인 이상 ${grave}건`,
    );
  const band = score === null ? null : bandOf(score);
  if (band === 'poor')
    return because('fault', `Its health score is poor: ${score}`, `건전도가 낮습니다: ${score}`);
  if (limits.length > 0) return atLimits('warning', limits);
  const count = severities.length;
  if (count > 0) return because('warning', `Open anomalies: ${count}`, `진행 중인 이상 ${count}건`);
  if (band === 'fair')
    return because('warning', `Its health score is only fair: ${score}`, `건전도가 보통입니다: ${score}`);
  return { status: 'running', reason: null, reason_ko: null };
}

function because(status: EquipmentStatus, reason: string, reasonKo: string): StatusWithReason {
  return { status, reason, reason_ko: reasonKo };
}

function notWatched({ code, reason }: NonNullable<StatusFacts['unwatched']>): StatusWithReason {
  return because('unwatched', sentence(reason), UNWATCHED_KO[code]);
}

function silent(sendsBad: boolean): StatusWithReason {
  return sendsBad
    ? because(
        'unknown',
        'Its sensors have sent only values of bad quality for half an hour',
        '30분 동안 센서가 불량 값만 보냈습니다',
      )
    : because(
        'unknown',
        'Its sensors have sent nothing for half an hour',
        '30분 동안 센서가 값을 보내지 않았습니다',
      );
}

function atLimits(status: EquipmentStatus, limits: StatusFacts['limits']): StatusWithReason {
  const reached = limits.map(({ tag, limit }) => `${tag} ${limit}`).join(', ');
  return because(status, `Alarm limits reached: ${reached}`, `경보 한계 도달: ${reached}`);
}

function sentence(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}
