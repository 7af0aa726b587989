import { clockTime } from './time-zone.js';

/** How dates and times of a language are written. */
export interface DateTexts {
  /** `22 November 2026`. */
  date: (at: number) => string;
  /** Without the year: `22 Nov`. */
  day: (at: number) => string;
  /** `09:05`, of 24 hours. */
  time: (at: number) => string;
}

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/**
 * Dates and times by the clocks of a zone, in patterns of our own: what `Intl` writes differs between the releases of
 * its data, so that a document would depend on the program that wrote it.
 * @param locale begins with `ko` for Korean; English otherwise
 */
export function dateTexts(locale: string, timeZone: string): DateTexts {
  const shown = (at: number): Date => new Date(clockTime(at, timeZone));
  const time = (at: number): string => shown(at).toISOString().slice(11, 16);
  if (locale.startsWith('ko')) {
    const day = (at: number): string => `${shown(at).getUTCMonth() + 1}월 ${shown(at).getUTCDate()}일`;
    return { date: (at) => `${shown(at).getUTCFullYear()}년 ${day(at)}`, day, time };
  }
  const month = (at: number): string => MONTHS[shown(at).getUTCMonth()];
  return {
    date: (at) => `${shown(at).getUTCDate()} ${month(at)} ${shown(at).getUTCFullYear()}`,
    day: (at) => `${shown(at).getUTCDate()} ${month(at).slice(0, 3)}`,
    time,
  };
}
