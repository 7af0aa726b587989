import { setTimeout as pause } from 'node:timers/promises';
import { Bell, EventLog, type LoggedEvent, loggerOf, OutageLog } from '#platform';
import { Injectable } from '@nestjs/common';
import { LatestSamples, type SampleState } from './latest-samples.service.js';

/** Without a ring it looks this often: other programs write, too, and a ring may be lost. */
const POLL_MS = 1_000;
/** Between two looks when it has not rung for a while, and however often it rings. */
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;
const EVENTS_AT_ONCE = 500;
/** In memory, for those who come back soon. */
const RECENT_EVENTS = 1_000;

/** Who passes on what the reader finds. */
export interface EventBatchListener {
  /** @param isGap whether events before these are lost */
  onEvents(events: readonly LoggedEvent[], position: number, isGap: boolean): Promise<void>;
  onSamples(samples: readonly SampleState[]): Promise<void>;
}

/**
 * Follows the event log and the newest samples, once for all streams of a process and only while there are any. It is woken by
 * the bell and reads from the database: what the bell does not say is found a second later.
 */
@Injectable()
export class EventReader {
  private readonly outages = new OutageLog(loggerOf('events'));
  private listener: EventBatchListener | undefined;
  private recent: LoggedEvent[] = [];
  private holders = 0;
  private started: Promise<void> | undefined;
  private stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private readTo = 0;
  private isRung = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly samples: LatestSamples,
    private readonly bell: Bell,
  ) {}

  /** Id of the last event that was passed on. */
  get position(): number {
    return this.readTo;
  }

  /** The newest sample of every tag, as it was passed on. */
  get sampleState(): SampleState[] {
    return this.samples.state;
  }

  passOnTo(listener: EventBatchListener): void {
    this.listener = listener;
  }

  /**
   * Has it read from now on.
   * @returns how to let go; once nobody holds it, it rests
   * @throws OutageError when the database does not answer
   */
  async hold(): Promise<() => void> {
    this.holders++;
    try {
      await (this.started ??= this.start());
    } catch (error) {
      this.letGo();
      throw error;
    }
    return () => this.letGo();
  }

  /** The events between `position` and what was passed on, as long as they are in memory. */
  since(position: number): LoggedEvent[] | undefined {
    if (position === this.readTo) return [];
    if (position > this.readTo || this.recent.length === 0 || this.recent[0].id > position + 1)
      return undefined;
    return this.recent.filter(({ id }) => id > position);
  }

  private letGo(): void {
    if (--this.holders > 0) return;
    this.started = undefined;
    this.stopping.abort();
    this.wake?.();
  }

  private async start(): Promise<void> {
    await this.running;
    this.readTo = await this.log.position();
    this.recent = [];
    await this.samples.changed();
    this.stopping = new AbortController();
    this.running = this.run(this.stopping.signal);
  }

  private async run(signal: AbortSignal): Promise<void> {
    const stopListening = this.bell.onRing(() => {
      this.isRung = true;
      this.wake?.();
    });
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      this.isRung = false;
      try {
        await this.turn();
        this.outages.worked();
      } catch (error) {
        this.outages.failed(error, 'events cannot be read; streams wait');
      }
      await pause(pauseMs);
      // What comes alone is passed on at once, what keeps coming in batches.
      pauseMs = this.isRung ? Math.min(2 * pauseMs, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
      if (!this.isRung && !signal.aborted) await this.rest();
    }
    stopListening();
  }

  private async turn(): Promise<void> {
    const { events, position, hasGap } = await this.log.eventsAfter(this.readTo, EVENTS_AT_ONCE);
    if (hasGap) this.recent = [];
    this.recent = [...this.recent, ...events].slice(-RECENT_EVENTS);
    this.readTo = position;
    if (events.length > 0 || hasGap) await this.listener?.onEvents(events, position, hasGap);
    if (events.length === EVENTS_AT_ONCE) this.isRung = true;
    const samples = await this.samples.changed();
    if (samples.length > 0) await this.listener?.onSamples(samples);
  }

  private async rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(POLL_MS, this.samples.dueInMs));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}
