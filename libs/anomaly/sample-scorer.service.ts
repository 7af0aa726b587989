import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type EpisodeChange } from '#ml';
import { Database, Leases, loggerOf, Metrics, ProcessClock } from '#platform';
import { type IngestEntry, SampleFeed, SeriesReader, TagDirectory } from '#timeseries';
import {
  type DetectorStream,
  type DetectorStreamSnapshot,
  LONGEST_GAP_MS,
  SAMPLING_INTERVAL_MS,
} from './detector-stream.js';
import { Detectors } from './detectors.service.js';
import { EpisodeLedger, type LedgerState } from './episode-ledger.service.js';
import { alignSamples, type SampleBatch, SampleSource } from './sample-source.service.js';
import { type ScorerCheckpoint, ScorerStateRepository } from './scorer-state.repository.js';

export const SCORER_LEASE = 'scorer';
/** Rows scored before their result is committed; also the distance of the checkpoints that are kept. */
const BATCH_ROWS = 20;
/** How far back a scorer without a checkpoint begins. */
const LONGEST_BACKLOG_MS = 7 * 24 * 3_600_000;
const FEED_PAGE = 1_000;

interface ScorerSnapshot {
  streams: Partial<Record<string, DetectorStreamSnapshot>>;
  ledger: LedgerState;
  /** Newest sample time any write has told of. */
  horizonTs: number;
  /** Rows scored since the last checkpoint that is kept. */
  sinceKept: number;
}

type Checkpoint = ScorerCheckpoint<ScorerSnapshot>;

/** A change of an episode, with the sample that made it. */
interface NotedChange {
  stream: DetectorStream;
  change: EpisodeChange;
  ts: number;
}

/**
 * Scores every plant sample once and in order of time. What a batch of samples shows and the position it has reached
 * are committed together, so that whoever takes over continues after the last sample that was scored. Samples that come
 * late are scored again from the checkpoint before them; those older than every checkpoint stay unscored.
 */
@Injectable()
export class SampleScorer {
  private readonly logger = loggerOf('scorer');
  private readonly scored;
  private readonly unscored;
  private streams: DetectorStream[] = [];
  private at: Checkpoint | undefined;

  constructor(
    private readonly database: Database,
    private readonly leases: Leases,
    private readonly clock: ProcessClock,
    private readonly feed: SampleFeed,
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
    private readonly source: SampleSource,
    private readonly detectors: Detectors,
    private readonly states: ScorerStateRepository,
    private readonly ledger: EpisodeLedger,
    metrics: Metrics,
  ) {
    this.scored = metrics.counter('scorer_samples_total', 'Plant samples scored by the detectors');
    this.unscored = metrics.counter(
      'scorer_late_unscored_total',
      'Late writes older than the detectors remember',
    );
  }

  /** Plant time of the last scored sample, if there is one. */
  get position(): number | undefined {
    return this.at?.positionTs;
  }

  /** Loads the detectors and takes up the state that was reached. */
  async open(): Promise<void> {
    this.streams = await this.detectors.openStreams();
    const reached = (await this.states.newest<ScorerSnapshot>()) ?? (await this.firstCheckpoint());
    const fresh = this.restore(reached);
    const ledger = { ...reached.snapshot.ledger, open: withoutFresh(reached.snapshot.ledger.open, fresh) };
    this.at = await this.database.transaction(async () => {
      const closed = await this.ledger.closeOrphans(this.streams, reached.positionTs, ledger);
      return { ...reached, snapshot: { ...reached.snapshot, ledger: closed } };
    });
  }

  /**
   * Scores the next batch.
   * @returns whether there may be more to score at once
   * @throws LeaseLostError when another process has taken over
   */
  async scoreNext(): Promise<boolean> {
    let at = this.at ?? (await this.firstCheckpoint());
    const news = await this.feed.since(at.feedPosition, FEED_PAGE);
    const lateFrom = Math.min(...news.map(({ fromTs }) => fromTs), Infinity);
    at = advanced(at, news, await this.horizonBeyondFeed(at, news));
    if (lateFrom <= at.positionTs) at = await this.rewind(at, lateFrom);
    this.at = at;
    if (this.streams.length === 0) return false;
    const { tagCodes } = this.streams[0];
    const to = Math.min(at.snapshot.horizonTs + 1, at.positionTs + BATCH_ROWS * SAMPLING_INTERVAL_MS + 1);
    const batch = await this.nextRows(at, to, tagCodes);
    if (batch.timestamps.length > 0) await this.scoreBatch(at, batch);
    else if (to <= at.snapshot.horizonTs) this.at = await this.skipEmpty(at, tagCodes);
    return (
      (this.at?.positionTs ?? 0) < at.snapshot.horizonTs &&
      (batch.timestamps.length > 0 || to <= at.snapshot.horizonTs)
    );
  }

  private async scoreBatch(at: Checkpoint, { timestamps, values }: SampleBatch): Promise<void> {
    const changes: NotedChange[] = [];
    let previous = at.positionTs;
    for (let row = 0; row < timestamps.length; row++) {
      const ts = timestamps[row];
      for (const stream of this.streams) {
        const tags = stream.tagCodes.length;
        if (ts - previous > LONGEST_GAP_MS) note(changes, stream, stream.interrupt(previous), previous);
        note(changes, stream, stream.step(ts, values.subarray(row * tags, (row + 1) * tags)).change, ts);
      }
      previous = ts;
      await setImmediate();
    }
    try {
      this.at = await this.database.transaction(() => this.commit(at, previous, timestamps.length, changes));
      this.scored.inc(timestamps.length);
    } catch (error) {
      // The streams have run ahead of what is stored.
      this.restore(at);
      throw error;
    }
  }

  private async commit(
    at: Checkpoint,
    positionTs: number,
    rows: number,
    changes: NotedChange[],
  ): Promise<Checkpoint> {
    await this.leases.assertHeld(SCORER_LEASE);
    let ledger = at.snapshot.ledger;
    for (const { stream, change, ts } of newestOfEachEpisode(changes))
      ledger = await this.ledger.write(stream, change, ts, ledger);
    if (ledger.rescored && positionTs >= ledger.rescored.until)
      ledger = await this.ledger.endRescoring(ledger);
    const sinceKept = at.snapshot.sinceKept + rows;
    const keep = sinceKept >= BATCH_ROWS;
    const snapshot: ScorerSnapshot = {
      streams: Object.fromEntries(this.streams.map((stream) => [stream.loaded.name, stream.snapshot()])),
      ledger,
      horizonTs: at.snapshot.horizonTs,
      sinceKept: keep ? 0 : sinceKept,
    };
    const next = { positionTs, feedPosition: at.feedPosition, snapshot };
    await this.states.write(next, at.snapshot.sinceKept === 0 ? undefined : at.positionTs);
    if (keep) await this.states.prune();
    return next;
  }

  /** Goes back to the checkpoint before late samples, so that they are scored in their place. */
  private async rewind(at: Checkpoint, lateFrom: number): Promise<Checkpoint> {
    const before = await this.states.before<ScorerSnapshot>(lateFrom);
    if (!before) {
      this.unscored.inc();
      this.logger.warn(
        { from: lateFrom },
        'late samples are older than the detectors remember; stored, not scored',
      );
      return at;
    }
    this.logger.info({ from: lateFrom, back_to: before.positionTs }, 'late samples: scoring again');
    this.restore(before);
    return this.database.transaction(async () => {
      await this.leases.assertHeld(SCORER_LEASE);
      const until = Math.max(at.positionTs, at.snapshot.ledger.rescored?.until ?? 0);
      const ledger = await this.ledger.beginRescoring(
        this.streams,
        before.positionTs,
        until,
        before.snapshot.ledger.open,
      );
      await this.states.deleteAfter(before.positionTs);
      return {
        positionTs: before.positionTs,
        feedPosition: at.feedPosition,
        snapshot: { ...before.snapshot, ledger, horizonTs: at.snapshot.horizonTs },
      };
    });
  }

  private async nextRows(at: Checkpoint, to: number, tagCodes: readonly string[]): Promise<SampleBatch> {
    const samples = await this.source.read(tagCodes, at.positionTs + 1, to);
    const batch = alignSamples(samples, tagCodes.length, SAMPLING_INTERVAL_MS / 2);
    return this.isStillArriving(batch, tagCodes.length) ? withoutLastRow(batch, tagCodes.length) : batch;
  }

  /** The newest sample lacks tags and its interval is not over: the rest may be under way. */
  private isStillArriving({ timestamps, values }: SampleBatch, tags: number): boolean {
    const last = timestamps.at(-1);
    if (last === undefined || this.clock.now() - last >= SAMPLING_INTERVAL_MS) return false;
    return values.subarray((timestamps.length - 1) * tags).some((value) => Number.isNaN(value));
  }

  /** Jumps over a stretch without samples. */
  private async skipEmpty(at: Checkpoint, tagCodes: readonly string[]): Promise<Checkpoint> {
    const step = 50 * BATCH_ROWS * SAMPLING_INTERVAL_MS;
    for (let from = at.positionTs + 1; from <= at.snapshot.horizonTs; from += step) {
      const { timestamps } = await this.source.read(
        tagCodes,
        from,
        Math.min(from + step, at.snapshot.horizonTs + 1),
      );
      if (timestamps.length > 0) return { ...at, positionTs: timestamps[0] - 1 };
    }
    return { ...at, positionTs: at.snapshot.horizonTs };
  }

  /** The feed forgets after a day; a scorer that was away for longer asks the samples themselves. */
  private async horizonBeyondFeed(
    at: Checkpoint,
    news: IngestEntry[],
  ): Promise<{ feedPosition: number; horizonTs: number } | undefined> {
    if (news.length > 0) return undefined;
    const feedPosition = await this.feed.position();
    if (feedPosition <= at.feedPosition) return undefined;
    return { feedPosition, horizonTs: (await this.newestSample()) ?? at.snapshot.horizonTs };
  }

  private async firstCheckpoint(): Promise<Checkpoint> {
    const feedPosition = await this.feed.position();
    const horizonTs = (await this.newestSample()) ?? 0;
    const positionTs = Math.max(0, horizonTs - LONGEST_BACKLOG_MS);
    return {
      positionTs,
      feedPosition,
      snapshot: { streams: {}, ledger: { open: {}, rescored: null }, horizonTs, sinceKept: 0 },
    };
  }

  private async newestSample(): Promise<number | undefined> {
    const ids = [...(await this.tags.all()).values()].map(({ id }) => id);
    const times = [...(await this.reader.latest(ids)).values()].map(({ ts }) => ts);
    return times.length > 0 ? Math.max(...times) : undefined;
  }

  /** @returns the names of the streams which start afresh */
  private restore({ snapshot }: Checkpoint): string[] {
    return this.streams
      .filter((stream) => !stream.restore(snapshot.streams[stream.loaded.name]))
      .map(({ loaded }) => loaded.name);
  }
}

function note(
  changes: NotedChange[],
  stream: DetectorStream,
  change: EpisodeChange | undefined,
  ts: number,
): void {
  if (change) changes.push({ stream, change, ts });
}

/** An episode that changes with every sample of a batch is written once. */
function newestOfEachEpisode(changes: NotedChange[]): NotedChange[] {
  const newest = new Map<string, NotedChange>();
  for (const noted of changes)
    newest.set(`${noted.stream.loaded.name} ${noted.change.episode.startedAt}`, noted);
  return [...newest.values()];
}

function advanced(
  at: Checkpoint,
  news: IngestEntry[],
  jump: { feedPosition: number; horizonTs: number } | undefined,
): Checkpoint {
  const horizonTs = Math.max(at.snapshot.horizonTs, jump?.horizonTs ?? 0, ...news.map(({ toTs }) => toTs));
  const feedPosition = jump?.feedPosition ?? news.at(-1)?.position ?? at.feedPosition;
  return { ...at, feedPosition, snapshot: { ...at.snapshot, horizonTs } };
}

function withoutFresh(open: LedgerState['open'], fresh: string[]): LedgerState['open'] {
  return Object.fromEntries(Object.entries(open).filter(([name]) => !fresh.includes(name)));
}

function withoutLastRow({ timestamps, values }: SampleBatch, tags: number): SampleBatch {
  const rows = timestamps.length - 1;
  return { timestamps: timestamps.subarray(0, rows), values: values.subarray(0, rows * tags) };
}
