import { isDeepStrictEqual } from 'node:util';
import { Patience } from './patience.js';

const SHORTEST_INTERVAL_MS = 20;
const LONGEST_INTERVAL_MS = 500;

export interface WaitOptions {
  /** Time of a quiet machine, see Patience. @default 60000 */
  timeoutMs?: number;
  /** Instead of `timeoutMs`: shared by several waits that are bounded together. */
  patience?: Patience;
  /** @default 20 at first, then an eighth of what has been waited, 500 at most: who looks more often takes turns from what it waits for */
  intervalMs?: number;
  /** Something that changes as long as there is progress; the time begins anew with every change. */
  progress?: () => unknown;
}

/**
 * Polls until `probe` answers something other than undefined, null or false.
 * @throws Error with what was seen last when the time is over
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  { timeoutMs = 60_000, intervalMs, patience = new Patience(timeoutMs), progress }: WaitOptions = {},
): Promise<T> {
  const begun = performance.now();
  let last: unknown;
  let reached: unknown;
  do {
    const seen = await probe();
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    last = seen;
    const now = await progress?.();
    if (!isDeepStrictEqual(now, reached)) patience.renew();
    reached = now;
    await new Promise((resolve) => setTimeout(resolve, intervalMs ?? laterEachTime(begun)));
  } while (!patience.isOver());
  throw new Error(
    `Waited ${patience.toString()} in vain for ${what}; last seen: ${JSON.stringify(last ?? reached)}`,
  );
}

function laterEachTime(begun: number): number {
  return Math.min(Math.max(SHORTEST_INTERVAL_MS, (performance.now() - begun) / 8), LONGEST_INTERVAL_MS);
}
