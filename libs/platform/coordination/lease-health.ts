import type { HealthReading } from '../observability/health-indicators.js';
import { isoTime } from '../http/wire.js';
import type { LeaseTenure } from './lease.js';

/** Longer than it takes another process to take over from one that has died. */
const FREE_FOR_TOO_LONG_MS = 30_000;

/** How far the work under a lease has come. */
export interface LeasedProgress {
  /** How far it is behind; null where there is nothing to do yet. */
  lagMs: number | null;
  /** Degraded when it is further behind. */
  behindAfterMs: number;
  /** Behind, but only just begun: not degraded yet. */
  isCatchingUp?: boolean;
}

export interface LeasedWorkSentences {
  /** When nobody has done it for a while, e.g. `no process scores samples`. */
  idle: string;
  /** When it is behind. */
  behind: string;
}

/** What a health answer says of work that one process does for all: who does it, since when, and how far it is behind. */
export function leasedWorkReading(
  tenure: LeaseTenure | undefined,
  { lagMs, behindAfterMs, isCatchingUp = false }: LeasedProgress,
  { idle, behind }: LeasedWorkSentences,
): HealthReading {
  const isIdle = !tenure || (tenure.processId === null && (tenure.forMs ?? Infinity) > FREE_FOR_TOO_LONG_MS);
  const isBehind = lagMs !== null && lagMs > behindAfterMs && !isCatchingUp;
  const isHeld = tenure && tenure.processId !== null && tenure.forMs !== null;
  return {
    status: isIdle || isBehind ? 'degraded' : 'up',
    ...(isIdle ? { reason: idle } : isBehind ? { reason: behind } : {}),
    holder: tenure?.processId ?? null,
    held_since: isHeld ? isoTime(Date.now() - (tenure.forMs ?? 0)) : null,
    lag_ms: lagMs,
    behind_after_ms: behindAfterMs,
  };
}
