import { isDeepStrictEqual } from 'node:util';
import type { AlarmDelays, AlarmSettings } from '#timeseries';

/** Limits, deadbands and delays by tag id. */
export type LimitSettings = Record<string, AlarmSettings & AlarmDelays>;

/** What samples after a plant time were evaluated against, up to the next entry; JSON-serialisable, in order. */
export type LimitHistory = { after: number; settings: LimitSettings }[];

/** The history with what samples after `after` are evaluated against now; what held only before `forgetBefore` is left out. */
export function withSettings(
  history: LimitHistory,
  after: number,
  settings: LimitSettings,
  forgetBefore: number,
): LimitHistory {
  const isSame = isDeepStrictEqual(history.at(-1)?.settings, settings);
  const next = isSame ? history : [...history.filter((entry) => entry.after < after), { after, settings }];
  const oldest = next.findLastIndex((entry) => entry.after <= forgetBefore);
  return next.slice(Math.max(0, oldest));
}

/**
 * What samples right after `after` were evaluated against, so that a past that is evaluated again meets the limits of its
 * time.
 * @returns `until`: up to which time that held, Infinity for those of now
 */
export function settingsAfter(
  history: LimitHistory,
  after: number,
): { settings: LimitSettings; until: number } {
  const found = Math.max(
    0,
    history.findLastIndex((entry) => entry.after <= after),
  );
  return { settings: history[found]?.settings ?? {}, until: history[found + 1]?.after ?? Infinity };
}
