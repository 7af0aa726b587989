import { isDeepStrictEqual } from 'node:util';
import { Patience } from './patience.js';

export interface WaitOptions {
  /** Time of a quiet machine, see Patience. @default 60000 */
  timeoutMs?: number;
  /** Instead of `timeoutMs`: shared by several waits that are bounded together. */
  patience?: Patience;
  /** @default 50 */
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
  { timeoutMs = 60_000, intervalMs = 50, patience = new Patience(timeoutMs), progress }: WaitOptions = {},
): Promise<T> {
  let last: unknown;
  let reached: unknown;
  do {
    const seen = await probe();
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    last = seen;
    const now = await progress?.();
    if (!isDeepStrictEqual(now, reached)) patience.renew();
    reached = now;
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  } while (!patience.isOver());
  throw new Error(
    `Waited ${patience.toString()} in vain for ${what}; last seen: ${JSON.stringify(last ?? reached)}`,
  );
}
