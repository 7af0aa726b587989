const MISSING = new Set(['', 'nan', 'na', 'n/a', 'null', 'none']);

/** A decimal number; NaN for a missing value (empty, NaN, NA, null), undefined for anything else. */
export function parseNumber(field: string): number | undefined {
  const value = Number(field);
  if (Number.isFinite(value) && field !== '' && !isRadixPrefixed(field))
    return value === 0 ? blankOrZero(field) : value;
  return MISSING.has(field.trim().toLowerCase()) ? NaN : undefined;
}

/** Number(' ') is 0 as well. */
function blankOrZero(field: string): number {
  return field.trim() === '' ? NaN : 0;
}

/** Number('0x1f') is 31, which no plant file means. */
function isRadixPrefixed(field: string): boolean {
  return /^\s*0[xob]/i.test(field);
}

const ISO_TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
/** 10⁸ s is 1973 and 10¹¹ ms is 1973: what lies between is seconds. */
const LEAST_EPOCH_SECONDS = 1e8;
const LEAST_EPOCH_MS = 1e11;
const MOST_EPOCH_MS = 8.64e15;

/**
 * Epoch milliseconds of an ISO 8601 time (a blank may stand for T; without an offset it is UTC) or of a number of
 * seconds or milliseconds since 1970. Undefined for anything else, impossible dates included.
 */
export function parseTimestamp(field: string): number | undefined {
  const text = field.trim();
  const match = ISO_TIME.exec(text);
  if (match !== null) return isoTime(match);
  if (!/^\d+(\.\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  if (value < LEAST_EPOCH_SECONDS || value > MOST_EPOCH_MS) return undefined;
  return Math.round(value < LEAST_EPOCH_MS ? value * 1000 : value);
}

function isoTime(match: RegExpExecArray): number | undefined {
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const asWritten =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!asWritten) return undefined;
  const milliseconds = Math.floor(Number(`0.${match[7] ?? 0}`) * 1000);
  return date.getTime() + milliseconds - offsetMs(match[8] ?? 'Z');
}

function offsetMs(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(':', '') || 0);
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}

const QUOTED_LENGTH = 40;

/** A field as shown in a complaint: quoted, shortened, without control characters. */
export function quote(field: string): string {
  const shown = field.length > QUOTED_LENGTH ? `${field.slice(0, QUOTED_LENGTH)}…` : field;
  return JSON.stringify(shown);
}
