import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import {
  AppError,
  type AuthenticatedRequest,
  Config,
  EventLog,
  type LoggedEvent,
  loggerOf,
  Metrics,
  principalOf,
} from '#platform';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Response } from 'express';
import { eventFrame, heartbeatFrame } from './event-frame.js';
import { EventReader, type EventBatchListener } from './event-reader.service.js';
import { EventStream, type StreamEnd } from './event-stream.js';
import { EVENT_TYPES, type EventType } from './event-types.js';
import type { SampleState } from './latest-samples.service.js';
import type { StreamFilter } from './stream-filter.js';

const HEARTBEAT_CHECK_MS = 1_000;
const RETRY_MS = 2_000;
const FULL_RETRY_AFTER_SECONDS = 5;
const REPLAYED_AT_ONCE = 200;
const READER_BEHIND_MS = 50;
/** Streams that are written to in one go: a few milliseconds. */
const STREAMS_AT_ONCE = 100;

/** All streams of this process: who reads what, what they are sent, and how they end. */
@Injectable()
export class EventStreams implements EventBatchListener, OnModuleInit, OnModuleDestroy {
  /** In one process: of events and of jobs together. */
  mostStreams = 1_000;
  heartbeatMs = 15_000;
  private readonly logger = loggerOf('events');
  private readonly streams = new Map<EventStream, AuthenticatedRequest>();
  /** Those that have been given everything the reader has passed on. */
  private readonly following = new Map<EventStream, StreamFilter>();
  private readonly waiting = new Map<string, Set<() => void>>();
  private opening = 0;
  private isStopping = false;
  private heartbeats: NodeJS.Timeout | undefined;
  private readonly ended;
  private readonly sent;

  constructor(
    private readonly reader: EventReader,
    private readonly log: EventLog,
    private readonly config: Config,
    private readonly metrics: Metrics,
  ) {
    this.ended = metrics.counter('event_streams_ended_total', 'Streams of events that ended', ['reason']);
    this.sent = metrics.counter('events_sent_total', 'Events sent, once for each stream that got it', [
      'type',
    ]);
  }

  onModuleInit(): void {
    this.reader.passOnTo(this);
    this.metrics.gauge('event_streams_open', 'Streams of events that are open', [], (gauge) => {
      gauge.set(this.streams.size);
      return Promise.resolve();
    });
    this.heartbeats = setInterval(() => this.beat(), HEARTBEAT_CHECK_MS).unref();
  }

  /** Asks every client to reconnect, to whichever process answers then. */
  onModuleDestroy(): void {
    this.isStopping = true;
    clearInterval(this.heartbeats);
    const frame = eventFrame({ event: 'restart', data: '{}', retryMs: RETRY_MS });
    for (const stream of [...this.streams.keys()]) stream.end('shutdown', frame);
  }

  /**
   * Opens a stream that carries what is written on it, and heartbeats.
   * @throws AppError EVENT_STREAMS_FULL, and OutageError
   */
  async open(request: AuthenticatedRequest, response: Response): Promise<EventStream> {
    if (this.isStopping || this.streams.size + this.opening >= this.mostStreams)
      throw new AppError({
        kind: 'unavailable',
        code: 'EVENT_STREAMS_FULL',
        message: this.isStopping
          ? 'This process is stopping'
          : `${this.mostStreams} streams are open already in this process`,
        retryAfterSeconds: FULL_RETRY_AFTER_SECONDS,
      });
    this.opening++;
    const letGo = await this.reader.hold().finally(() => this.opening--);
    const stream = new EventStream(response, (why) => {
      letGo();
      this.forget(stream, why);
    });
    this.streams.set(stream, request);
    // A client that did not wait has closed before anybody listened.
    if (response.destroyed) stream.cut('client');
    if (request.method === 'HEAD') stream.end('done', Buffer.alloc(0));
    return stream;
  }

  /**
   * Has a stream follow the events, from behind `since` on if that is given, and the samples.
   * @param since id of the last event that its reader has seen; NaN when that cannot be decided
   */
  async follow(stream: EventStream, filter: StreamFilter, since: number | undefined): Promise<void> {
    if (since !== undefined) {
      if (await this.replay(stream, filter, since)) return;
      this.reset(stream, this.reader.position);
    } else this.hello(stream, this.reader.position);
    this.followFromHere(stream, filter);
  }

  private followFromHere(stream: EventStream, filter: StreamFilter): void {
    if (stream.closed.aborted) return;
    stream.position = this.reader.position;
    this.following.set(stream, filter);
    if (filter.wants('samples')) this.sendSamples(stream, filter.samplesOf(this.reader.sampleState));
  }

  /** Resolves with the next event of a row, or when `signal` is aborted. */
  async changeOf(subject: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const waiters = this.waiting.get(subject) ?? new Set();
    this.waiting.set(subject, waiters);
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        waiters.delete(wake);
        if (waiters.size === 0) this.waiting.delete(subject);
        resolve();
      };
      waiters.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  async onEvents(events: readonly LoggedEvent[], position: number, isGap: boolean): Promise<void> {
    this.wakeWaiting(events, isGap);
    const frames = events.map(frameOf);
    const parts = new Map<string, FilteredEvents>();
    await this.forEachFollowing((stream, filter) => {
      stream.position = position;
      if (isGap) return this.reset(stream, position);
      let part = parts.get(filter.key);
      if (!part) parts.set(filter.key, (part = filtered(events, frames, filter)));
      this.sendEvents(stream, part);
    });
  }

  async onSamples(samples: readonly SampleState[]): Promise<void> {
    const frames = new Map<string, Buffer | undefined>();
    await this.forEachFollowing((stream, filter) => {
      if (!filter.wants('samples')) return;
      if (!frames.has(filter.key)) frames.set(filter.key, samplesFrame(filter.samplesOf(samples)));
      const frame = frames.get(filter.key);
      if (!frame) return;
      stream.write(frame);
      this.sent.inc({ type: 'samples' });
    });
  }

  /**
   * Sends what has happened since the reader was last here, at the pace at which it takes it.
   * @returns true once it follows; false when it cannot be decided: too much is forgotten, or the id is none of ours
   */
  private async replay(stream: EventStream, filter: StreamFilter, since: number): Promise<boolean> {
    if (!(since <= (await this.log.position()))) return false;
    stream.write(
      eventFrame({ event: 'hello', data: this.helloData(since, { isResumed: true }), retryMs: RETRY_MS }),
    );
    stream.sentId = since;
    let seen = since;
    // The reader of this process may be behind that of the one which sent the id.
    for (; seen > this.reader.position; await pause(READER_BEHIND_MS)) if (stream.closed.aborted) return true;
    while (seen < this.reader.position && !stream.closed.aborted) {
      const events = this.reader.since(seen)?.slice(0, REPLAYED_AT_ONCE) ?? (await this.stored(seen));
      if (!events) return false;
      this.sendEvents(stream, filtered(events, events.map(frameOf), filter));
      seen = events[events.length - 1].id;
      await stream.drained();
    }
    this.followFromHere(stream, filter);
    return true;
  }

  /** @returns undefined when they are forgotten */
  private async stored(position: number): Promise<LoggedEvent[] | undefined> {
    const { events, hasGap } = await this.log.eventsAfter(position, REPLAYED_AT_ONCE);
    // What the reader has not passed on yet, it will.
    const passedOn = events.filter(({ id }) => id <= this.reader.position);
    return hasGap || passedOn.length === 0 ? undefined : passedOn;
  }

  private hello(stream: EventStream, position: number): void {
    stream.position = stream.sentId = position;
    const data = this.helloData(position, { isResumed: false });
    stream.write(eventFrame({ id: position, event: 'hello', data, retryMs: RETRY_MS }));
  }

  private helloData(position: number, { isResumed }: { isResumed: boolean }): string {
    return JSON.stringify({ position, resumed: isResumed, heartbeat_seconds: this.heartbeatMs / 1_000 });
  }

  /** What its reader knows may be out of date. */
  private reset(stream: EventStream, position: number): void {
    stream.position = stream.sentId = position;
    const data = JSON.stringify({ position });
    stream.write(eventFrame({ id: position, event: 'reset', data, retryMs: RETRY_MS }));
  }

  private sendEvents(stream: EventStream, { bytes, lastId, counts }: FilteredEvents): void {
    if (bytes.length === 0) return;
    stream.write(bytes);
    stream.sentId = lastId;
    for (const [type, count] of counts) this.sent.inc({ type }, count);
  }

  private sendSamples(stream: EventStream, samples: readonly SampleState[]): void {
    const frame = samplesFrame(samples);
    if (!frame) return;
    stream.write(frame);
    this.sent.inc({ type: 'samples' });
  }

  /** Those who begin to follow meanwhile have been given it already. */
  private async forEachFollowing(send: (stream: EventStream, filter: StreamFilter) => void): Promise<void> {
    let count = 0;
    for (const [stream, filter] of [...this.following]) {
      if (++count % STREAMS_AT_ONCE === 0) await setImmediate();
      if (!stream.closed.aborted) send(stream, filter);
    }
  }

  private wakeWaiting(events: readonly LoggedEvent[], isGap: boolean): void {
    if (this.waiting.size === 0) return;
    const subjects = isGap ? [...this.waiting.keys()] : new Set(events.map(({ subject }) => subject));
    for (const subject of subjects) for (const wake of [...(this.waiting.get(subject) ?? [])]) wake();
  }

  private beat(): void {
    const now = performance.now();
    for (const [stream, request] of [...this.streams]) {
      if (now - stream.heartbeatAt < this.heartbeatMs) continue;
      stream.heartbeatAt = now;
      if (!this.mayStay(request)) {
        stream.end('key', eventFrame({ event: 'done', data: '{"reason":"UNAUTHORIZED"}' }));
        continue;
      }
      const isAhead = stream.position > stream.sentId;
      stream.write(heartbeatFrame(isAhead ? stream.position : undefined));
      if (isAhead) stream.sentId = stream.position;
    }
  }

  /** Keys expire while streams are open. */
  private mayStay(request: AuthenticatedRequest): boolean {
    try {
      principalOf(request, this.config);
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return false;
    }
  }

  private forget(stream: EventStream, why: StreamEnd): void {
    this.streams.delete(stream);
    this.following.delete(stream);
    this.ended.inc({ reason: why });
    if (why === 'slow') this.logger.debug('a reader of events that does not read was cut off');
  }
}

/** The part of a batch that streams of one filter get. */
interface FilteredEvents {
  bytes: Buffer;
  lastId: number;
  counts: ReadonlyMap<EventType, number>;
}

function filtered(
  events: readonly LoggedEvent[],
  frames: readonly Buffer[],
  filter: StreamFilter,
): FilteredEvents {
  const wanted: Buffer[] = [];
  const counts = new Map<EventType, number>();
  let lastId = 0;
  for (const [i, event] of events.entries()) {
    const type = EVENT_TYPES.find((each) => each === event.topic);
    if (type === undefined || !filter.wantsEvent(event)) continue;
    wanted.push(frames[i]);
    counts.set(type, (counts.get(type) ?? 0) + 1);
    lastId = event.id;
  }
  return { bytes: Buffer.concat(wanted), lastId, counts };
}

function frameOf({ id, topic, data }: LoggedEvent): Buffer {
  return eventFrame({ id, event: topic, data });
}

function samplesFrame(items: readonly SampleState[]): Buffer | undefined {
  return items.length === 0 ? undefined : eventFrame({ event: 'samples', data: JSON.stringify({ items }) });
}
