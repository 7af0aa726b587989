import type { DetectorStreamSnapshot } from './detection/detector-stream.js';
import type { LedgerState } from './episode-ledger.service.js';
import type { ScorerCheckpoint } from './scorer-state.repository.js';

/** Everything the scorer knows between two samples. */
export interface ScorerSnapshot {
  streams: Partial<Record<string, DetectorStreamSnapshot>>;
  ledger: LedgerState;
  /** State of those who follow the scored samples, by name. */
  followers: Record<string, unknown>;
  /** Plant time of the last scored sample; null before the first. */
  lastTs: number | null;
  /** Plant time of the last of them in which a tag has a value; absent in what older versions have written: `lastTs`. */
  lastValuesTs?: number | null | undefined;
  /** Whether that sample lacked tags, so that what comes close behind it may still belong to it. */
  lastIncomplete: boolean;
  /** Whether that sample was one of the plant's grid; of checkpoints of earlier versions it is not known. */
  lastOnGrid?: boolean | undefined;
  /** Newest sample time any write has reported. */
  horizonTs: number;
  /** Samples scored since the last checkpoint that is kept. */
  sinceKept: number;
}

export type Checkpoint = ScorerCheckpoint<ScorerSnapshot>;

/** A scorer that has seen nothing yet and begins behind `positionTs`. */
export function freshCheckpoint(positionTs: number, feedPosition: number, horizonTs: number): Checkpoint {
  return {
    positionTs,
    feedPosition,
    snapshot: {
      streams: {},
      ledger: { open: {}, rescored: null },
      followers: {},
      lastTs: null,
      lastValuesTs: null,
      lastIncomplete: false,
      horizonTs,
      sinceKept: 0,
    },
  };
}

/** The same checkpoint after it has heard of samples written up to `feedPosition`, the newest of them at `times`. */
export function informed(at: Checkpoint, feedPosition: number, times: readonly number[]): Checkpoint {
  const horizonTs = Math.max(at.snapshot.horizonTs, ...times);
  return { ...at, feedPosition, snapshot: { ...at.snapshot, horizonTs } };
}
