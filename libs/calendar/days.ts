import { clockTime, instantOf, zoneOffsetMs } from './time-zone.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** What days and hours are counted in. */
export type CalendarUnit = 'hour' | 'day';

/** Whether text is a date, `2026-11-20`, that exists. */
export function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  // Every month has 28 days; JavaScript takes 30 February for 2 March.
  const at = Date.parse(text);
  return !Number.isNaN(at) && (Number(text.slice(8)) <= 28 || dateOf(at) === text);
}

/** The date that the calendars of a zone show at an instant: `2026-11-20`. */
export function dateAt(at: number, timeZone: string): string {
  return dateOf(clockTime(at, timeZone));
}

/** The date so many days later; earlier where negative. */
export function addDays(date: string, days: number): string {
  return dateOf(Date.parse(date) + days * DAY_MS);
}

/**
 * The instant at which a day begins: midnight, or a later hour where the days of a plant begin with it. Two days in a
 * row are 23, 24 or 25 hours apart.
 * @param startMs after midnight, by the clocks of the zone
 */
export function dayStart(date: string, timeZone: string, startMs = 0): number {
  return instantOf(Date.parse(date) + startMs, timeZone);
}

/** The date of the day, beginning `startMs` after midnight, in which an instant lies. */
export function dayOf(at: number, timeZone: string, startMs = 0): string {
  const date = dateAt(at, timeZone);
  return dayStart(date, timeZone, startMs) > at ? addDays(date, -1) : date;
}

/** Milliseconds after midnight of a time of day, `07:00`; undefined when it is none. */
export function timeOfDayMs(text: string): number | undefined {
  const match = TIME_OF_DAY.exec(text);
  return match ? Number(match[1]) * HOUR_MS + Number(match[2]) * MINUTE_MS : undefined;
}

/** The begins of the hours or days of a zone that reach into `[from, to)`, in their order. */
export function unitStarts(from: number, to: number, unit: CalendarUnit, timeZone: string): number[] {
  return unit === 'day' ? dayStarts(from, to, timeZone) : hourStarts(from, to, timeZone);
}

function dayStarts(from: number, to: number, timeZone: string): number[] {
  const starts: number[] = [];
  for (let date = dateAt(from, timeZone); ; date = addDays(date, 1)) {
    const start = dayStart(date, timeZone);
    if (start >= to) return starts;
    // a day that the zone left out begins where the next one does
    if (start !== starts.at(-1)) starts.push(start);
  }
}

/** An hour that the clocks show twice is two. Where they are put by half an hour, one is half as long. */
function hourStarts(from: number, to: number, timeZone: string): number[] {
  const starts: number[] = [];
  let offset = zoneOffsetMs(from, timeZone);
  const first = hourOf(from, offset);
  let at = firstChange(first, from, timeZone) ?? first;
  while (at < to) {
    starts.push(at);
    const next = hourOf(at, offset) + HOUR_MS;
    const nextOffset = zoneOffsetMs(next, timeZone);
    at = nextOffset === offset ? next : (firstChange(at, next, timeZone) ?? next);
    offset = nextOffset;
  }
  return starts;
}

/** The begin of the hour that the clocks show, as far as they are not changed in it. */
function hourOf(at: number, offset: number): number {
  return Math.floor((at + offset) / HOUR_MS) * HOUR_MS - offset;
}

/** The first minute in `(from, to]`, an hour at most, at which the clocks have been put forward or back. */
function firstChange(from: number, to: number, timeZone: string): number | undefined {
  const offset = zoneOffsetMs(from, timeZone);
  if (zoneOffsetMs(to, timeZone) === offset) return undefined;
  for (let at = from + MINUTE_MS; at < to; at += MINUTE_MS)
    if (zoneOffsetMs(at, timeZone) !== offset) return at;
  return to;
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
