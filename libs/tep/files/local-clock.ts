import type { TimeZone } from './time-zone.js';

/** How far a series of local times has come. */
interface Series {
  readonly localMs: number;
  readonly instant: number;
  /** In an hour that clocks show twice: whether for the second time; undefined outside. */
  readonly isSecond?: boolean;
  /** Line on which that hour began. */
  readonly line: number;
}

/** An hour that clocks show twice, of which nothing shows whether it is the first or the second. */
export class UndecidedHourError extends Error {
  override readonly name = 'UndecidedHourError';

  constructor(
    readonly zone: string,
    readonly line: number,
  ) {
    super(`clocks in ${zone} show this hour twice, and the file once; write its times with their offset`);
  }
}

/**
 * Reads the clock of a place. An hour that it shows twice is decided by the order of the times: they ascend, jump back by
 * half of it at the least, and ascend again. The first of its times are given before that is certain: whether it came
 * so is known when the series has left the hour, or with `finish`.
 */
export class LocalClock {
  private readonly series = new Map<string, Series>();

  constructor(private readonly zone: TimeZone) {}

  /**
   * @param localMs the time shown, as epoch milliseconds of the same time in UTC
   * @param key of the series whose times ascend
   * @returns epoch milliseconds, or why it is none
   * @throws UndecidedHourError for the hour before
   */
  instantOf(localMs: number, line: number, key: string): number | string {
    const [first, second] = this.zone.instantsOf(localMs);
    if (first === undefined) return `clocks in ${this.zone.name} skip that time, they are set forward`;
    const last = this.series.get(key);
    if (second === undefined) {
      this.requireDecided(last);
      this.series.set(key, { localMs, instant: first, line });
      return first;
    }
    const next = this.nextIn([first, second], localMs, line, last);
    if (next === null)
      return `clocks in ${this.zone.name} show that time twice, they are set back; write it with its offset`;
    this.series.set(key, next);
    return next.instant;
  }

  /** @throws UndecidedHourError when a series ends in an hour that was shown once so far */
  finish(): void {
    for (const last of this.series.values()) this.requireDecided(last);
  }

  private requireDecided(last: Series | undefined): void {
    if (last?.isSecond === false) throw new UndecidedHourError(this.zone.name, last.line);
  }

  /** Where a series goes on within an hour shown twice; null when that cannot be decided. */
  private nextIn(
    [first, second]: readonly [number, number],
    localMs: number,
    line: number,
    last: Series | undefined,
  ): Series | null {
    if (last?.isSecond === undefined)
      return last === undefined || last.instant < first
        ? { localMs, instant: first, isSecond: false, line }
        : null;
    if (localMs > last.localMs)
      return { localMs, instant: last.isSecond ? second : first, isSecond: last.isSecond, line: last.line };
    const isJumpBack = last.localMs - localMs >= (second - first) / 2;
    return isJumpBack && !last.isSecond ? { localMs, instant: second, isSecond: true, line } : null;
  }
}
