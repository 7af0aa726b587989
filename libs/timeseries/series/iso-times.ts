const HOUR_MS = 3_600_000;
/** "00" to "59". */
const TWO_DIGITS = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'));

/**
 * Writes times as `isoTime` does, in a third of the time where one follows the other: date and hour are those of the
 * time before, mostly.
 * @returns writes epoch milliseconds of the years 1970 to 9999
 */
export function isoTimes(): (epochMs: number) => string {
  let hour = NaN;
  let dateAndHour = '';
  return (epochMs) => {
    const ownHour = Math.floor(epochMs / HOUR_MS);
    if (ownHour !== hour) {
      hour = ownHour;
      dateAndHour = new Date(epochMs).toISOString().slice(0, 'YYYY-MM-DDTHH:'.length);
    }
    const ms = epochMs - ownHour * HOUR_MS;
    const minutes = Math.floor(ms / 60_000);
    const seconds = Math.floor(ms / 1_000) % 60;
    const fraction = ms % 1_000;
    const digits = fraction === 0 ? '000' : String(fraction).padStart(3, '0');
    return `${dateAndHour}${TWO_DIGITS[minutes]}:${TWO_DIGITS[seconds]}.${digits}Z`;
  };
}
