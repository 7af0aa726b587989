const HOUR_MS = 3_600_000;
/** Characters of a time as `isoTime` writes it. */
export const ISO_TIME_LENGTH = 24;

const DATE_AND_HOUR_LENGTH = 'YYYY-MM-DDTHH:'.length;
const ZERO = 48;
const [COLON, POINT, ZULU] = Buffer.from(':.Z');

/**
 * Writes times as `isoTime` does, in a fraction of the time where one follows the other: date and hour are those of the time before,
 * mostly, and no strings are made.
 */
export class IsoTimeBytes {
  private hour = NaN;
  private readonly dateAndHour = Buffer.alloc(DATE_AND_HOUR_LENGTH);

  /**
   * @param epochMs of the years 1970 to 9999
   * @returns where the time ends
   */
  write(bytes: Buffer, at: number, epochMs: number): number {
    const hour = Math.floor(epochMs / HOUR_MS);
    if (hour !== this.hour) {
      this.hour = hour;
      this.dateAndHour.write(new Date(epochMs).toISOString(), 'latin1');
    }
    for (let i = 0; i < DATE_AND_HOUR_LENGTH; i++) bytes[at + i] = this.dateAndHour[i];
    const ms = epochMs - hour * HOUR_MS;
    const minutes = Math.floor(ms / 60_000);
    const seconds = Math.floor(ms / 1_000) - 60 * minutes;
    const fraction = ms % 1_000;
    let end = writeTwoDigits(bytes, at + DATE_AND_HOUR_LENGTH, minutes);
    bytes[end++] = COLON;
    end = writeTwoDigits(bytes, end, seconds);
    bytes[end++] = POINT;
    const tenths = Math.floor(fraction / 10);
    end = writeTwoDigits(bytes, end, tenths);
    bytes[end++] = ZERO + fraction - 10 * tenths;
    bytes[end++] = ZULU;
    return end;
  }
}

function writeTwoDigits(bytes: Buffer, at: number, value: number): number {
  const tens = Math.floor(value / 10);
  bytes[at] = ZERO + tens;
  bytes[at + 1] = ZERO + value - 10 * tens;
  return at + 2;
}

/** @returns writes epoch milliseconds of the years 1970 to 9999 as `IsoTimeBytes` does */
export function isoTimes(): (epochMs: number) => string {
  const isoTime = new IsoTimeBytes();
  const bytes = Buffer.alloc(ISO_TIME_LENGTH);
  return (epochMs) => bytes.toString('latin1', 0, isoTime.write(bytes, 0, epochMs));
}
