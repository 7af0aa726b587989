import { quote } from './quote.js';

const OFFSET = String.raw`(Z|[+-]\d\d(?::?\d\d)?)`;
const TIME_OF_DAY = String.raw`(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?`;
const COMPACT_TIME_OF_DAY = String.raw`(\d\d)(\d\d)(?:(\d\d)(?:[.,](\d{1,9}))?)?`;
const ISO_TIME = new RegExp(`^(\\d{4})-(\\d\\d)-(\\d\\d)(?:[T ]${TIME_OF_DAY}\\s*${OFFSET}?)?$`, 'i');
/** 20261120, 202611200900, 20261120090000, 20261120T090000Z. */
const COMPACT_TIME = new RegExp(
  `^(\\d{4})(\\d\\d)(\\d\\d)(?:[T ]?${COMPACT_TIME_OF_DAY}\\s*${OFFSET}?)?$`,
  'i',
);
const NUMBER = /^\d+(\.\d+)?$/;
/** A year and more digits, as many as a date and a time have: never a count of milliseconds. */
const COMPACT_LENGTH = /^(?:19|20)\d{6}(?:\d{4}|\d{6})?$/;
const DATE_AND_HOUR = /^(\d{4})(\d\d)(\d\d)(\d\d)$/;

/** No plant recorded before, nor will anybody load what comes after. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2099;
const LAST_MS = Date.UTC(LAST_YEAR + 1, 0) - 1;
/** 10⁸ s is 1973 and 10¹¹ ms is 1973: what lies between is seconds. */
const LEAST_EPOCH_SECONDS = 1e8;
const LEAST_EPOCH_MS = 1e11;

/** Epoch milliseconds of the time that clocks show, given as those of the same time in UTC; or why it is none. */
export type LocalTimeReading = (localMs: number) => number | string;

/**
 * The time a field of a plant file means: ISO 8601 (a blank may stand for T), the same without separators, or a number
 * of seconds or milliseconds since 1970. Dates without an offset are read by `local`, else UTC.
 * @returns epoch milliseconds, or why it is none
 */
export function sampleTime(field: string, local?: LocalTimeReading): number | string {
  const text = field.trim();
  const iso = ISO_TIME.exec(text);
  if (iso !== null) return dateTime(iso, field, local);
  const compact = COMPACT_TIME.exec(text);
  const time = compact === null ? noTime(field) : dateTime(compact, field, local);
  if (typeof time === 'number' || !NUMBER.test(text) || COMPACT_LENGTH.test(text)) return time;
  return epochTime(Number(text), field);
}

function epochTime(value: number, field: string): number | string {
  if (value < LEAST_EPOCH_SECONDS) return noTime(field);
  const epochMs = Math.round(value < LEAST_EPOCH_MS ? value * 1000 : value);
  if (epochMs > LAST_MS) return `no time of a plant sample: ${quote(field)}`;
  const dateAndHour = DATE_AND_HOUR.exec(field.trim());
  if (dateAndHour !== null && typeof dateTime(dateAndHour, field) === 'number')
    return `${quote(field)} may be a date with its hour or seconds since 1970; write it with separators`;
  return epochMs;
}

/** @param match year, month, day, and where there are any hour, minute, second, its fraction, offset */
function dateTime(match: RegExpExecArray, field: string, local?: LocalTimeReading): number | string {
  const [year, month, day, hour, minute, second] = Array.from({ length: 6 }, (_, i) =>
    Number(match[i + 1] ?? 0),
  );
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const asWritten =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!asWritten) return noTime(field);
  if (year < FIRST_YEAR || year > LAST_YEAR) return `no time of a plant sample: ${quote(field)}`;
  const localMs = date.getTime() + Math.floor(Number(`0.${match[7] ?? 0}`) * 1000);
  const offset: string | undefined = match[8];
  if (offset !== undefined) return localMs - offsetMs(offset);
  if (local === undefined) return localMs;
  const time = local(localMs);
  return typeof time === 'string' ? `${quote(field)}: ${time}` : time;
}

function offsetMs(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(':', '') || 0);
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}

function noTime(field: string): string {
  return `no time: ${quote(field)}`;
}
