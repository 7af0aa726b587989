import { dateTexts, offsetText } from '#calendar';
import { numberFormat } from '#charts';
import type { ReportLang } from '../gathering/content.js';

const LOCALES: Record<ReportLang, string> = { en: 'en-GB', ko: 'ko-KR' };

/** Nobody asks how many times more than this. */
const MOST_TIMES = 1_000;

/** Shown for what is not known. */
export const UNKNOWN = '–';

/** With year and zone, or neither: for tables and sentences. */
export type TimeStyle = 'dateTime' | 'dayTime';

/** Numbers, times and durations as a reader of the language writes them; NaN and null become a dash. */
export interface ReportFormat {
  locale: string;
  timeZone: string;
  /** Four significant digits at most, grouped: 22.95, 2,705, 0.251. */
  number(value: number | null): string;
  /** Whole number, grouped. */
  count(value: number | null): string;
  /** Of a 0–1 share: 12.3%. */
  percent(share: number | null): string;
  /** With sign, of a 0–1 change: +1.8%. */
  change(share: number): string;
  /** With its unit, of a difference of two percentages in points, whatever its sign: 1.8 pp. */
  points(difference: number): string;
  /** How many times as much, two significant digits: 8.3; beyond a thousand times it does not matter how many: > 1,000. */
  times(ratio: number): string;
  /** 0–100, whole. */
  score(value: number | null): string;
  date(ms: number): string;
  /** Day and time, without the year: for tables. */
  dayTime(ms: number | null): string;
  /** Date and time in full, with the zone. */
  dateTime(ms: number): string;
  /** From–to, with the zone, saying the date once when both ends share it, and the zone twice when it changes its clocks. */
  period(fromMs: number, toMs: number): string;
  /** One moment by two clocks: the date of the second where it is another one, the zone behind the second. */
  twoClocks(firstMs: number, secondMs: number, style: TimeStyle): [string, string];
  duration(ms: number): string;
}

/** @throws RangeError when it is not a time zone */
export function reportFormat(lang: ReportLang, timeZone: string): ReportFormat {
  const locale = LOCALES[lang];
  const percents = numberFormat(locale, { maximumFractionDigits: 1 });
  const changes = numberFormat(locale, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  });
  const counts = numberFormat(locale, { maximumFractionDigits: 0 });
  const dates = dateTexts(locale, timeZone);
  const zone = (ms: number): string => offsetText(ms, timeZone);
  const dayTime = (ms: number): string => `${dates.day(ms)} ${dates.time(ms)}`;
  const dateAndTime = (ms: number): string => `${dates.date(ms)} ${dates.time(ms)}`;
  const sameDate = (a: number, b: number): boolean => dates.date(a) === dates.date(b);
  const firstOf = (first: number, second: number): string =>
    zone(first) === zone(second) ? dateAndTime(first) : `${dateAndTime(first)} ${zone(first)}`;
  const secondOf = (first: number, second: number): string =>
    `${sameDate(first, second) ? dates.time(second) : dateAndTime(second)} ${zone(second)}`;
  const orDash = (value: number | null, format: (known: number) => string): string =>
    value === null || !Number.isFinite(value)
      ? UNKNOWN
      : withoutNegativeZero(format(value)).replace('-', '−');
  return {
    locale,
    timeZone,
    number: (value) => orDash(value, (known) => significant(known, locale)),
    count: (value) => orDash(value, (known) => counts.format(known)),
    percent: (share) => orDash(share, (known) => `${percents.format(known * 100)}%`),
    change: (share) => orDash(share, (known) => `${changes.format(known * 100)}%`),
    points: (difference) =>
      orDash(difference, (known) => `${percents.format(Math.abs(known))}${lang === 'ko' ? '%p' : ' pp'}`),
    times: (ratio) =>
      orDash(ratio, (known) =>
        known > MOST_TIMES
          ? `> ${counts.format(MOST_TIMES)}`
          : numberFormat(locale, { maximumSignificantDigits: 2 }).format(known),
      ),
    score: (value) => orDash(value, (known) => counts.format(known)),
    date: dates.date,
    dayTime: (ms) => orDash(ms, dayTime),
    dateTime: (ms) => `${dateAndTime(ms)} ${zone(ms)}`,
    period: (fromMs, toMs) => `${firstOf(fromMs, toMs)} – ${secondOf(fromMs, toMs)}`,
    twoClocks: (firstMs, secondMs, style) =>
      style === 'dateTime'
        ? [firstOf(firstMs, secondMs), secondOf(firstMs, secondMs)]
        : [dayTime(firstMs), sameDate(firstMs, secondMs) ? dates.time(secondMs) : dayTime(secondMs)],
    duration: (ms) => orDash(ms, (known) => durationText(known, lang)),
  };
}

function significant(value: number, locale: string): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 1000) return numberFormat(locale, { maximumFractionDigits: 0 }).format(value);
  return numberFormat(locale, { maximumSignificantDigits: 4 }).format(value);
}

function withoutNegativeZero(text: string): string {
  return /^-[0.,\s%]+$/.test(text) ? text.slice(1) : text;
}

/** Two units at most; below a minute seconds, below two days hours. */
function durationText(ms: number, lang: ReportLang): string {
  const [d, h, m, s] = lang === 'ko' ? ['일', '시간', '분', '초'] : [' d', ' h', ' min', ' s'];
  const seconds = Math.round(Math.max(0, ms) / 1000);
  if (seconds < 60) return `${seconds}${s}`;
  const minutes = Math.round(seconds / 60);
  const days = minutes < 2 * 1440 ? 0 : Math.floor(minutes / 1440);
  const parts: [number, string][] = [
    [days, d],
    [Math.floor(minutes / 60) - days * 24, h],
    [minutes % 60, m],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ');
}
