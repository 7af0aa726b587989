import type { FileDialect } from './plant-file.js';
import { sampleTime } from './sample-time.js';
import { LocalClock } from './local-clock.js';
import { TimeZone } from './time-zone.js';

const MISSING = ['', 'nan', 'na', 'n/a', 'null', 'none'];
/** Fortran's exponent of a double-precision number. */
const D_EXPONENT = /^([+-]?(?:\d+\.?\d*|\.\d+))d([+-]?\d+)$/i;

/** Reads the fields of a file by its dialect. */
export class FieldParser {
  private readonly decimalComma: boolean;
  private readonly missingTexts: ReadonlySet<string>;
  private readonly missingValues: ReadonlySet<number>;
  private readonly clock: LocalClock | undefined;
  private lastText = '';
  private lastTime: number | string = '';

  /** @throws RangeError when there is no such time zone */
  constructor({ decimal = '.', missing = [], timeZone }: FileDialect = {}) {
    this.decimalComma = decimal === ',';
    this.missingTexts = new Set([...MISSING, ...missing.map((text) => text.trim().toLowerCase())]);
    const values = missing.map((text) => decimalNumber(text.trim()));
    this.missingValues = new Set(values.filter((value) => value !== undefined));
    this.clock = timeZone === undefined ? undefined : new LocalClock(new TimeZone(timeZone));
  }

  /** A decimal number; NaN for a missing value (empty, NaN, NA, null and those of the dialect), undefined for anything else. */
  number(field: string): number | undefined {
    const value = this.decimalComma ? commaNumber(field) : decimalNumber(field);
    if (value === undefined) return this.missingTexts.has(field.trim().toLowerCase()) ? NaN : undefined;
    return this.missingValues.size > 0 && this.missingValues.has(value) ? NaN : value;
  }

  /**
   * Epoch milliseconds of a time, or why it is none; see {@link sampleTime}.
   * @param series times of the same series ascend, when an hour that clocks show twice is to be decided
   * @throws UndecidedHourError when it cannot be decided
   */
  time(field: string, line = 0, series = ''): number | string {
    const { clock } = this;
    if (clock !== undefined) return sampleTime(field, (localMs) => clock.instantOf(localMs, line, series));
    if (field !== this.lastText || field === '') {
      this.lastTime = sampleTime(field);
      this.lastText = field;
    }
    return this.lastTime;
  }

  /** After the last time. @throws UndecidedHourError when an hour that clocks show twice has not been decided */
  finish(): void {
    this.clock?.finish();
  }
}

function commaNumber(field: string): number | undefined {
  return field.includes('.') ? undefined : decimalNumber(field.replace(',', '.'));
}

function decimalNumber(field: string): number | undefined {
  const value = Number(field);
  // Number('') and Number(' ') are 0, and Number('0x1f') is 31, which no plant file means.
  if (value === 0) return field.trim() === '' || isRadixPrefixed(field) ? undefined : 0;
  if (Number.isFinite(value)) return Number.isInteger(value) && isRadixPrefixed(field) ? undefined : value;
  const fortran = D_EXPONENT.exec(field.trim());
  if (fortran === null) return undefined;
  const double = Number(`${fortran[1]}e${fortran[2]}`);
  return Number.isFinite(double) ? double : undefined;
}

function isRadixPrefixed(field: string): boolean {
  return /^\s*0[xob]/i.test(field);
}
