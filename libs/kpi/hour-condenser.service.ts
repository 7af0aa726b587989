import { setImmediate } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, type LeasedWork, LeaseRunner, Leases, loggerOf, OutageLog } from '#platform';
import { SampleFeed } from '#timeseries';
import { type CondensedHour, KpiHourRepository } from './kpi-hour.repository.js';
import { HOUR_MS, PlantWindows } from './plant-windows.service.js';

const LEASE = 'kpi';
const INTERVAL_MS = 5_000;
const FEED_PAGE = 500;
/** Hours condensed before their result is committed. */
const HOURS_PER_TURN = 24;

/** Keeps the condensed hours current: whatever hour samples are written to is condensed anew. One process does it. */
@Injectable()
export class HourCondenser implements LeasedWork, OnApplicationBootstrap {
  readonly name = LEASE;
  private readonly logger = loggerOf('kpi');
  private readonly outages = new OutageLog(this.logger);
  private readonly touched = new Set<number>();
  /** Position in the feed up to which the hours are noted in `touched` or condensed. */
  private noted: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> = Promise.resolve();
  private stopped = true;

  constructor(
    private readonly feed: SampleFeed,
    private readonly hours: KpiHourRepository,
    private readonly windows: PlantWindows,
    private readonly database: Database,
    private readonly leases: Leases,
    private readonly runner: LeaseRunner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.runner.compete(this);
  }

  start(): Promise<void> {
    this.stopped = false;
    this.touched.clear();
    this.noted = undefined;
    this.schedule(0);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.turn;
  }

  /** Looks at the next writes and condenses the hours they touched. @returns whether there is more to do */
  async condenseNext(): Promise<boolean> {
    const cursor = (this.noted ??= (await this.hours.cursor()) ?? 0);
    const { entries, position, hasGap } = await this.feed.entriesAfter(cursor, FEED_PAGE);
    if (hasGap) await this.touchAllHours();
    for (const { fromTs, toTs } of entries) {
      for (let hour = Math.floor(fromTs / HOUR_MS) * HOUR_MS; hour <= toTs; hour += HOUR_MS)
        this.touched.add(hour);
    }
    this.noted = position;
    const hours = [...this.touched].slice(0, HOURS_PER_TURN);
    const condensed = new Map<number, CondensedHour>();
    for (const hour of hours) {
      condensed.set(hour, await this.windows.condenseHour(hour));
      await setImmediate();
    }
    const left = this.touched.size - hours.length;
    await this.database.transaction(async () => {
      await this.leases.assertHeld(LEASE);
      // Hours that have to wait must not be read as they were.
      await this.hours.delete([...this.touched]);
      await this.hours.write(condensed);
      if (left === 0) await this.hours.moveCursor(position);
    });
    for (const hour of hours) this.touched.delete(hour);
    return left > 0 || entries.length === FEED_PAGE;
  }

  /** Makes up for what the feed has forgotten. */
  private async touchAllHours(): Promise<void> {
    for (const hour of await this.windows.hoursToCondense()) this.touched.add(hour);
    this.logger.info({ hours: this.touched.size }, 'the sample feed has a gap: condensing all hours');
  }

  private schedule(ms: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.turn = this.condenseNext()
        .then((more) => {
          this.outages.worked();
          return more;
        })
        .catch((error: unknown) => {
          this.outages.failed(error, 'condensing hours failed; it is tried again');
          return false;
        })
        .then((more) => this.schedule(more ? 0 : INTERVAL_MS));
    }, ms);
    this.timer.unref();
  }
}
