import { dateFormat, numberFormat } from '#charts';
import type { ReportLang } from '../gathering/content.js';

const LOCALES: Record<ReportLang, string> = { en: 'en-GB', ko: 'ko-KR' };

/** Nobody asks how many times more than this. */
const MOST_TIMES = 1_000;

/** Shown for what is not known. */
export const UNKNOWN = '–';

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
  /** From–to, with the zone, saying the date once when both ends share it. */
  period(fromMs: number, toMs: number): string;
  duration(ms: number): string;
}

/** @throws RangeError when the zone is not an IANA name */
export function reportFormat(lang: ReportLang, timeZone: string): ReportFormat {
  const locale = LOCALES[lang];
  const percents = numberFormat(locale, { maximumFractionDigits: 1 });
  const changes = numberFormat(locale, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  });
  const counts = numberFormat(locale, { maximumFractionDigits: 0 });
  const dates = dateFormat(locale, { timeZone, year: 'numeric', month: 'long', day: 'numeric' });
  const days = dateFormat(locale, { timeZone, month: 'short', day: 'numeric' });
  const times = dateFormat(locale, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const zone = (ms: number): string => zoneName(ms, timeZone);
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
      orDash(
        difference,
        (known) => `${percents.format(Math.abs(known))}${lang === 'ko' ? '%p' : ' pp'}`,
      ),
    times: (ratio) =>
      orDash(ratio, (known) =>
        known > MOST_TIMES
          ? `> ${counts.format(MOST_TIMES)}`
          : numberFormat(locale, { maximumSignificantDigits: 2 }).format(known),
      ),
    score: (value) => orDash(value, (known) => counts.format(known)),
    date: (ms) => dates.format(ms),
    dayTime: (ms) => orDash(ms, (known) => `${days.format(known)} ${times.format(known)}`),
    dateTime: (ms) => `${dates.format(ms)} ${times.format(ms)} ${zone(ms)}`,
    period: (fromMs, toMs) => {
      const end = dates.format(fromMs) === dates.format(toMs) ? '' : `${dates.format(toMs)} `;
      return `${dates.format(fromMs)} ${times.format(fromMs)} – ${end}${times.format(toMs)} ${zone(toMs)}`;
    },
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

function zoneName(ms: number, timeZone: string): string {
  const parts = dateFormat('en-GB', { timeZone, timeZoneName: 'short' }).formatToParts(ms);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone;
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
