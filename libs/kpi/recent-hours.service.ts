import { Injectable } from '@nestjs/common';
import type { MeasuredInstant } from '#tep';
import { SampleFeed } from '#timeseries';

const HOUR_MS = 3_600_000;
const FEED_PAGE = 500;
/** Periods that end now cut two hours: the one in which they begin, and the one that goes on. */
const MOST_HOURS = 6;
/** An hour with more is read again: a hundred instants are 5,300 values. */
const MOST_INSTANTS = 100;

/** The samples of hours that are asked for again and again, read anew when something was written to them. */
@Injectable()
export class RecentHours {
  private readonly hours = new Map<number, Promise<readonly MeasuredInstant[]>>();
  private position: number | undefined;

  constructor(private readonly feed: SampleFeed) {}

  /** @param load reads the samples of the hour that begins then */
  async read(
    hour: number,
    load: (hour: number) => Promise<MeasuredInstant[]>,
  ): Promise<readonly MeasuredInstant[]> {
    await this.forgetWritten();
    const known = this.hours.get(hour);
    if (known) return known;
    const loading = load(hour);
    this.hours.set(hour, loading);
    const forget = (): void => {
      if (this.hours.get(hour) === loading) this.hours.delete(hour);
    };
    loading.then((instants) => {
      if (instants.length > MOST_INSTANTS) forget();
    }, forget);
    for (const oldest of this.hours.keys()) {
      if (this.hours.size <= MOST_HOURS) break;
      this.hours.delete(oldest);
    }
    return loading;
  }

  private async forgetWritten(): Promise<void> {
    this.position ??= await this.feed.position();
    const { entries, position, hasGap } = await this.feed.entriesAfter(this.position, FEED_PAGE);
    if (hasGap || entries.length === FEED_PAGE) {
      const newest = await this.feed.position();
      this.hours.clear();
      this.position = Math.max(this.position, newest);
      return;
    }
    for (const { fromTs, toTs } of entries)
      for (const hour of this.hours.keys())
        if (fromTs < hour + HOUR_MS && toTs >= hour) this.hours.delete(hour);
    this.position = Math.max(this.position, position);
  }
}
