const DAY_MS = 86_400_000;

/** What the clocks of a place show, by the rules of the IANA time zone database. */
export class TimeZone {
  private readonly clock: Intl.DateTimeFormat;
  /** Offset of a local day on which, and on whose neighbours, clocks are not changed. */
  private readonly steadyOffsets = new Map<number, number | null>();

  /** @throws RangeError when there is no such zone */
  constructor(readonly name: string) {
    this.clock = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /**
   * The instants at which clocks there show a time: one; none when it is skipped as clocks are set forward; two, the
   * earlier first, when it is repeated as they are set back.
   * @param localMs the time shown, as epoch milliseconds of the same time in UTC
   * @returns epoch milliseconds
   */
  instantsOf(localMs: number): readonly number[] {
    const day = Math.floor(localMs / DAY_MS);
    let steady = this.steadyOffsets.get(day);
    if (steady === undefined) this.steadyOffsets.set(day, (steady = this.steadyOffset(day)));
    if (steady !== null) return [localMs - steady];
    const offsets = new Set([this.offsetAt(localMs - DAY_MS), this.offsetAt(localMs + DAY_MS)]);
    return [...offsets]
      .map((offset) => localMs - offset)
      .filter((instant) => instant + this.offsetAt(instant) === localMs)
      .sort((a, b) => a - b);
  }

  private steadyOffset(day: number): number | null {
    const before = this.offsetAt((day - 1) * DAY_MS);
    return before === this.offsetAt((day + 2) * DAY_MS) ? before : null;
  }

  /** Milliseconds that clocks there are ahead of UTC. */
  private offsetAt(instant: number): number {
    const shown = new Map(this.clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0;
    const local = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return local - Math.floor(instant / 1_000) * 1_000;
  }
}
