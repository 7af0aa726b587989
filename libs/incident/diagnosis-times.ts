const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** From the first diagnosis to the second; the time to the next doubles up to a day. */
const FIRST_PAUSE_MS = 15 * MINUTE_MS;
/** After so long nothing new is to be learnt of an incident. */
const LAST_AFTER_MS = 30 * DAY_MS;

/**
 * When an incident is to be diagnosed next: the moment it is certain, after 15 and 30 minutes, 1, 2, 4, 8 and 16 hours, a day,
 * and every day from then on, for thirty days.
 * @param detectedAt when it was certain, epoch ms of plant time
 * @param at of the newest diagnosis
 * @returns Infinity when there are to be no more
 */
export function nextDiagnosisAfter(detectedAt: number, at: number): number {
  let afterMs = FIRST_PAUSE_MS;
  while (detectedAt + afterMs <= at)
    afterMs = afterMs < DAY_MS ? Math.min(2 * afterMs, DAY_MS) : afterMs + DAY_MS;
  return afterMs > LAST_AFTER_MS ? Infinity : detectedAt + afterMs;
}
