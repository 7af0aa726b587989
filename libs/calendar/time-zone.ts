const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const FIXED_OFFSET = /^([+-])([01]\d|2[0-3]):([0-5]\d)$/;
const IANA_NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,62}$/;
/** Making a format costs a thousand times its use, and names come with requests: so many are kept. */
const KEPT_FORMATS = 50;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether text names a time zone: by its IANA name (`Asia/Seoul`), or by a fixed offset (`+09:00`). */
export function isTimeZone(text: string): boolean {
  if (FIXED_OFFSET.test(text)) return true;
  if (!IANA_NAME.test(text)) return false;
  try {
    offsetFormat(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * How far the clocks of a zone are ahead of UTC at an instant, in milliseconds.
 * @throws RangeError when it is not a time zone
 */
export function zoneOffsetMs(at: number, timeZone: string): number {
  const fixed = FIXED_OFFSET.exec(timeZone);
  if (fixed) return signedMs(fixed[1], fixed[2], fixed[3]);
  // `GMT+09:00`; with seconds before zones were invented; `GMT` alone for none
  const text = offsetFormat(timeZone).format(at);
  const match = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
  return match ? signedMs(match[1], match[2], match[3], match[4]) : 0;
}

/** What the clocks of a zone show at an instant, as if it were UTC: for the `getUTC…` methods of a Date. */
export function clockTime(at: number, timeZone: string): number {
  return at + zoneOffsetMs(at, timeZone);
}

/**
 * The instant at which the clocks of a zone show a time. Of one that they show twice, the first; of one that they
 * leave out, the instant as far behind the gap as the time is behind its beginning.
 * @param shown as `clockTime` gives it
 */
export function instantOf(shown: number, timeZone: string): number {
  const before = shown - zoneOffsetMs(shown - DAY_MS, timeZone);
  const after = shown - zoneOffsetMs(shown + DAY_MS, timeZone);
  const found = [before, after].filter((at) => clockTime(at, timeZone) === shown);
  return found.length > 0 ? Math.min(...found) : before;
}

/** `UTC`, or how far the clocks are ahead of it at an instant: `UTC+09:00`. */
export function offsetText(at: number, timeZone: string): string {
  const offset = Math.round(zoneOffsetMs(at, timeZone) / MINUTE_MS);
  if (offset === 0) return 'UTC';
  const two = (n: number): string => String(n).padStart(2, '0');
  const minutes = Math.abs(offset);
  return `UTC${offset < 0 ? '−' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function signedMs(sign: string, hours: string, minutes: string, seconds = '0'): number {
  const magnitude = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * 1000;
  return sign === '-' && magnitude > 0 ? -magnitude : magnitude;
}

function offsetFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  if (formats.size >= KEPT_FORMATS) formats.clear();
  formats.set(timeZone, made);
  return made;
}
