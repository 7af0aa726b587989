export interface WaitOptions {
  /** @default 20000 */
  timeoutMs?: number;
  /** @default 50 */
  intervalMs?: number;
}

/**
 * Polls until `probe` answers something other than undefined, null or false.
 * @throws Error with what was seen last when the time is over
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  { timeoutMs = 20_000, intervalMs = 50 }: WaitOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  do {
    const seen = await probe();
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    last = seen;
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  } while (Date.now() < deadline);
  throw new Error(`Waited ${timeoutMs} ms in vain for ${what}; last seen: ${JSON.stringify(last)}`);
}
