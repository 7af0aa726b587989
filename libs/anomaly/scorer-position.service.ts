import { Injectable } from '@nestjs/common';
import { loggerOf, Metrics } from '#platform';
import { type FeedPage, SampleFeed, SeriesReader, TagDirectory } from '#timeseries';
import { EpisodeLedger } from './episode-ledger.service.js';
import { lateSamples } from './late-samples.js';
import { SAMPLE_WIDTH_MS } from './sampling/plant-sampler.js';
import { type Checkpoint, freshCheckpoint, informed, type ScorerSnapshot } from './scorer-checkpoint.js';
import { ScorerStateRepository } from './scorer-state.repository.js';
import { ScorerStreams } from './scorer-streams.service.js';

/** How far back a scorer without a checkpoint begins. */
const LONGEST_BACKLOG_MS = 7 * 24 * 3_600_000;
const FEED_PAGE = 1_000;

/** From which sample the scorer goes on: where it was, at the beginning, or back before samples that came late. */
@Injectable()
export class ScorerPosition {
  private readonly logger = loggerOf('scorer');
  private readonly unscored;

  constructor(
    private readonly feed: SampleFeed,
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
    private readonly states: ScorerStateRepository,
    private readonly ledger: EpisodeLedger,
    private readonly streams: ScorerStreams,
    metrics: Metrics,
  ) {
    this.unscored = metrics.counter(
      'scorer_late_unscored_total',
      'Late writes older than the detectors remember',
    );
  }

  /** The newest checkpoint, taken up; none before there is one. */
  async reached(): Promise<Checkpoint | undefined> {
    const newest = await this.states.newest<ScorerSnapshot>();
    return newest && this.resume(newest);
  }

  /** Continues from a checkpoint; episodes end which a new version of their detector does not see. */
  async resume(reached: Checkpoint): Promise<Checkpoint> {
    await this.streams.restore(reached);
    const { streams: snapshots, ledger: ledgerBefore } = reached.snapshot;
    const goingOn = this.streams.all
      .filter((stream) => stream.inAlarm || stream.fits(snapshots[stream.loaded.name]))
      .map(({ loaded }) => loaded.name as string);
    const open = Object.fromEntries(
      Object.entries(ledgerBefore.open).filter(([name]) => goingOn.includes(name)),
    );
    return this.states.transaction(async () => {
      const ledger = await this.ledger.closeOrphans(this.streams.all, reached.positionTs, {
        ...ledgerBefore,
        open,
      });
      return { ...reached, snapshot: { ...reached.snapshot, ledger } };
    });
  }

  /** The checkpoint before the first sample there is to score; none before there are samples. */
  async begin(): Promise<Checkpoint | undefined> {
    const feedPosition = await this.feed.position();
    const horizonTs = await this.newestSample();
    if (horizonTs === undefined) return undefined;
    const first = freshCheckpoint(Math.max(0, horizonTs - LONGEST_BACKLOG_MS), feedPosition, horizonTs);
    await this.states.transaction(() => this.states.write(first, undefined));
    return first;
  }

  /**
   * Takes note of what was written, and goes back when some of it came late.
   * @returns where to go on, and whether more was written than was looked at
   */
  async followFeed(before: Checkpoint): Promise<{ at: Checkpoint; hasMore: boolean }> {
    const page = await this.feed.entriesAfter(before.feedPosition, FEED_PAGE);
    return { at: await this.advance(before, page), hasMore: page.entries.length === FEED_PAGE };
  }

  private async advance(before: Checkpoint, { entries, position, hasGap }: FeedPage): Promise<Checkpoint> {
    const newest = hasGap ? await this.newestSample() : undefined;
    const at = informed(before, position, [...entries.map(({ toTs }) => toTs), newest ?? -Infinity]);
    const { positionTs, snapshot } = at;
    const scoredTo = snapshot.lastIncomplete ? positionTs + SAMPLE_WIDTH_MS : positionTs;
    if (!entries.some(({ fromTs }) => fromTs <= scoredTo)) return at;
    const oldest = (await this.states.oldestPosition()) ?? positionTs;
    const { from, unscored } = lateSamples(entries, scoredTo, oldest);
    if (unscored > 0) {
      this.unscored.inc(unscored);
      this.logger.warn(
        { writes: unscored },
        'late samples are older than the detectors remember; not scored',
      );
    }
    return from === undefined ? at : this.rewind(at, from);
  }

  /** Goes back to the checkpoint before late samples, so that they are scored in their place. */
  private async rewind(at: Checkpoint, lateFrom: number): Promise<Checkpoint> {
    const before = await this.states.before<ScorerSnapshot>(lateFrom);
    if (!before) return at;
    this.logger.info({ from: lateFrom, back_to: before.positionTs }, 'late samples: scoring again');
    const until = Math.max(at.positionTs, at.snapshot.ledger.rescored?.until ?? 0);
    const { streams: snapshots, ledger: ledgerThen } = before.snapshot;
    const open = Object.fromEntries(
      this.streams.all
        .filter(({ loaded }) => ledgerThen.open[loaded.name] !== undefined)
        .filter((stream) => stream.fits(snapshots[stream.loaded.name]))
        .map(({ loaded }) => [loaded.name, ledgerThen.open[loaded.name]]),
    );
    const rewound = await this.states.transaction(async () => {
      const ledger = await this.ledger.beginRescoring(this.streams.all, before.positionTs, until, open);
      const snapshot = { ...before.snapshot, ledger, horizonTs: at.snapshot.horizonTs };
      const next = { ...before, feedPosition: at.feedPosition, snapshot };
      await this.states.deleteAfter(before.positionTs);
      await this.states.write(next, undefined);
      return next;
    });
    this.streams.invalidate();
    return rewound;
  }

  private async newestSample(): Promise<number | undefined> {
    const ids = [...(await this.tags.all()).values()].map(({ id }) => id);
    const times = [...(await this.reader.latest(ids)).values()].map(({ ts }) => ts);
    return times.length > 0 ? Math.max(...times) : undefined;
  }
}
