import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type EpisodeChange } from '#ml';
import { Database, Leases, loggerOf, Metrics, ProcessClock } from '#platform';
import { type FeedNews, SampleFeed, SeriesReader, TagDirectory } from '#timeseries';
import {
  type DetectorStream,
  LONGEST_GAP_MS,
  SAMPLING_INTERVAL_MS,
  tagsOfStreams,
} from './detector-stream.js';
import { Detectors } from './detectors.service.js';
import { EpisodeLedger } from './episode-ledger.service.js';
import { lateSamples } from './late-samples.js';
import {
  firstSamples,
  isMostlyMarked,
  NO_POSITION,
  type PlantSamples,
  SAMPLE_WIDTH_MS,
} from './plant-sampler.js';
import { SampleSource } from './sample-source.service.js';
import { type ScoredBatch, type ScoredSample, ScoredSamples } from './scored-samples.service.js';
import { type Checkpoint, freshCheckpoint, informed, type ScorerSnapshot } from './scorer-checkpoint.js';
import { ScorerStateRepository } from './scorer-state.repository.js';

export const SCORER_LEASE = 'scorer';
/** Samples scored before their result is committed; also the distance of the checkpoints that are kept. */
const BATCH_SAMPLES = 20;
/** How far back a scorer without a checkpoint begins. */
const LONGEST_BACKLOG_MS = 7 * 24 * 3_600_000;
const FEED_PAGE = 1_000;
/** How often the scorer asks which versions of the detectors are in use. */
const VERSION_CHECK_MS = 2_000;
/** Samples that a new version takes in before it scores: 25 h, several times the memory of the slowest chart. */
const WARM_UP_SAMPLES = 500;

/** A change of an episode, with the sample that made it. */
interface NotedChange {
  stream: DetectorStream;
  change: EpisodeChange;
  ts: number;
}

/** What the detectors made of some samples. */
interface Findings {
  changes: NotedChange[];
  batch: ScoredBatch;
  lastValuesTs: number | null;
  lastIncomplete: boolean;
  lastOnGrid: boolean;
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
  /** What the detectors look at, then the other tags of the plant. */
  private tagCodes: string[] = [];
  private detectorTags = 0;
  private at: Checkpoint | undefined;
  /** The streams' state is not that of the checkpoint. */
  private astray = false;
  private versionsCheckedAt = -Infinity;

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
    private readonly scoredSamples: ScoredSamples,
    metrics: Metrics,
  ) {
    this.scored = metrics.counter('scorer_samples_total', 'Plant samples scored by the detectors');
    this.unscored = metrics.counter(
      'scorer_late_unscored_total',
      'Late writes older than the detectors remember',
    );
  }

  /** Loads the detectors and takes up the state that was reached. */
  async open(): Promise<void> {
    this.streams = await this.detectors.openStreams();
    this.tagCodes = [];
    this.versionsCheckedAt = performance.now();
    const reached = await this.states.newest<ScorerSnapshot>();
    this.at = reached && (await this.resume(reached));
  }

  /**
   * Scores the next batch.
   * @returns whether there may be more to score at once
   * @throws LeaseLostError when another process has taken over
   */
  async scoreNext(): Promise<boolean> {
    await this.takeUpNewVersions();
    if (this.streams.length === 0) return false;
    this.at ??= await this.begin();
    if (!this.at) return false;
    await this.layOutSamples();
    const news = await this.feed.news(this.at.feedPosition, FEED_PAGE);
    this.at = await this.deal(this.at, news);
    if (this.astray) await this.restore(this.at);
    const samples = await this.nextSamples(this.at);
    if (samples.timestamps.length === 0) return news.entries.length === FEED_PAGE;
    await this.score(this.at, samples);
    return this.at.positionTs < this.at.snapshot.horizonTs;
  }

  /** A version that has come into use takes over between two samples; the other detectors keep their streams. */
  private async takeUpNewVersions(): Promise<void> {
    if (performance.now() - this.versionsCheckedAt < VERSION_CHECK_MS) return;
    this.versionsCheckedAt = performance.now();
    const streams = await this.detectors.changedStreams(this.streams);
    if (!streams) return;
    const before = this.streams;
    this.streams = streams;
    this.tagCodes = [];
    try {
      this.at = this.at && (await this.resume(this.at));
    } catch (error) {
      this.streams = before;
      this.astray = true;
      throw error;
    }
  }

  /** Tags may be registered while the scorer runs: samples have all of them, those of the detectors first. */
  private async layOutSamples(): Promise<void> {
    const looksAt = tagsOfStreams(this.streams);
    const tagCodes = [...new Set([...looksAt, ...(await this.tags.all()).keys()])];
    if (tagCodes.length === this.tagCodes.length && tagCodes.every((code, i) => code === this.tagCodes[i]))
      return;
    this.tagCodes = tagCodes;
    this.detectorTags = looksAt.length;
    for (const stream of this.streams) stream.takeFrom(tagCodes);
  }

  /** Continues from a checkpoint; episodes end which a new version of their detector does not see. */
  private async resume(reached: Checkpoint): Promise<Checkpoint> {
    await this.restore(reached);
    const { streams: snapshots, ledger: ledgerBefore } = reached.snapshot;
    const goingOn = this.streams
      .filter((stream) => stream.inAlarm || stream.fits(snapshots[stream.loaded.name]))
      .map(({ loaded }) => loaded.name as string);
    const open = Object.fromEntries(
      Object.entries(ledgerBefore.open).filter(([name]) => goingOn.includes(name)),
    );
    return this.database.transaction(async () => {
      await this.leases.assertHeld(SCORER_LEASE);
      const ledger = await this.ledger.closeOrphans(this.streams, reached.positionTs, {
        ...ledgerBefore,
        open,
      });
      return { ...reached, snapshot: { ...reached.snapshot, ledger } };
    });
  }

  /** The checkpoint before the first sample there is to score; none before there are samples. */
  private async begin(): Promise<Checkpoint | undefined> {
    const feedPosition = await this.feed.position();
    const horizonTs = await this.newestSample();
    if (horizonTs === undefined) return undefined;
    const first = freshCheckpoint(Math.max(0, horizonTs - LONGEST_BACKLOG_MS), feedPosition, horizonTs);
    await this.database.transaction(async () => {
      await this.leases.assertHeld(SCORER_LEASE);
      await this.states.write(first, undefined);
    });
    return first;
  }

  /** Takes note of what was written, and goes back when some of it came late. */
  private async deal(before: Checkpoint, { entries, position, hasGap }: FeedNews): Promise<Checkpoint> {
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
      this.streams
        .filter(({ loaded }) => ledgerThen.open[loaded.name] !== undefined)
        .filter((stream) => stream.fits(snapshots[stream.loaded.name]))
        .map(({ loaded }) => [loaded.name, ledgerThen.open[loaded.name]]),
    );
    const rewound = await this.database.transaction(async () => {
      await this.leases.assertHeld(SCORER_LEASE);
      const ledger = await this.ledger.beginRescoring(this.streams, before.positionTs, until, open);
      const snapshot = { ...before.snapshot, ledger, horizonTs: at.snapshot.horizonTs };
      const next = { ...before, feedPosition: at.feedPosition, snapshot };
      await this.states.deleteAfter(before.positionTs);
      await this.states.write(next, undefined);
      return next;
    });
    this.astray = true;
    return rewound;
  }

  private async nextSamples({ positionTs, snapshot }: Checkpoint): Promise<PlantSamples> {
    const from = snapshot.lastTs === null ? positionTs + 1 : positionTs + SAMPLE_WIDTH_MS;
    const before =
      snapshot.lastTs === null ? NO_POSITION : { ts: snapshot.lastTs, onGrid: snapshot.lastOnGrid ?? false };
    const samples = await this.source.readNext(
      this.tagCodes,
      before,
      from,
      snapshot.horizonTs,
      BATCH_SAMPLES,
    );
    const rows = samples.timestamps.length;
    return this.isStillArriving(samples) ? firstSamples(samples, rows - 1, this.tagCodes.length) : samples;
  }

  /** The newest sample lacks tags and its interval is not over: the rest may be under way. */
  private isStillArriving(samples: PlantSamples): boolean {
    const last = samples.timestamps.at(-1);
    if (last === undefined || this.clock.now() - last >= SAMPLING_INTERVAL_MS) return false;
    return this.lacksTags(samples, samples.timestamps.length - 1);
  }

  /** A bad sample has arrived, though it has no value. */
  private lacksTags({ values, bad }: PlantSamples, row: number): boolean {
    const start = row * this.tagCodes.length;
    return values
      .subarray(start, start + this.detectorTags)
      .some((value, tag) => Number.isNaN(value) && bad?.[start + tag] !== 1);
  }

  private async score(at: Checkpoint, samples: PlantSamples): Promise<void> {
    try {
      const findings = await this.step(at, samples);
      this.at = await this.database.transaction(() => this.commit(at, findings));
      this.scored.inc(samples.timestamps.length);
    } catch (error) {
      // The streams have run ahead of what is stored.
      this.astray = true;
      throw error;
    }
  }

  private async step(at: Checkpoint, samples: PlantSamples): Promise<Findings> {
    const { timestamps, values, bad, unwatched, afresh, onGrid } = samples;
    const tags = this.tagCodes.length;
    const last = timestamps.length - 1;
    const changes: NotedChange[] = [];
    const scored: ScoredSample[] = [];
    const { lastTs, lastValuesTs = lastTs } = at.snapshot;
    let previous = lastValuesTs;
    let beginsAfresh = false;
    for (let row = 0; row < timestamps.length; row++) {
      const ts = timestamps[row];
      const [start, end] = [row * tags, (row + 1) * tags];
      const marks = unwatched.subarray(start, end);
      const isBlind = isMostlyMarked(marks.subarray(0, this.detectorTags));
      const sample: ScoredSample = {
        ts,
        values: values.subarray(start, end),
        unwatched: marks,
        isBlind,
        scores: [],
      };
      if (bad) sample.bad = bad.subarray(start, end);
      scored.push(sample);
      beginsAfresh ||= afresh[row] === 1;
      // Bad values only are a gap to the detectors.
      if (sample.values.every(Number.isNaN)) continue;
      const begins = previous !== null && (ts - previous > LONGEST_GAP_MS || beginsAfresh || isBlind);
      const judged = sample.values.map((value, tag) => (marks[tag] === 1 ? NaN : value));
      for (const stream of this.streams) {
        if (begins) note(changes, stream, stream.interrupt(previous ?? ts), previous ?? ts);
        if (!isBlind) note(changes, stream, scoreWith(stream, sample, judged), ts);
      }
      previous = ts;
      beginsAfresh = false;
      await setImmediate();
    }
    return {
      changes,
      batch: {
        tagCodes: this.tagCodes,
        detectors: this.streams.map(({ loaded }) => loaded.name),
        samples: scored,
        after: at.positionTs,
        to: timestamps[last],
      },
      lastValuesTs: previous,
      // What belongs to an instant of the grid lies before it.
      lastIncomplete: onGrid[last] === 0 && this.lacksTags(samples, last),
      lastOnGrid: onGrid[last] === 1,
    };
  }

  private async commit(
    at: Checkpoint,
    { changes, batch, lastValuesTs, lastIncomplete, lastOnGrid }: Findings,
  ): Promise<Checkpoint> {
    await this.leases.assertHeld(SCORER_LEASE);
    let { ledger } = at.snapshot;
    for (const { stream, change, ts } of newestOfEachEpisode(changes))
      ledger = await this.ledger.write(stream, change, ts, ledger);
    if (ledger.rescored && batch.to >= ledger.rescored.until) ledger = await this.ledger.endRescoring(ledger);
    const sinceKept = at.snapshot.sinceKept + batch.samples.length;
    const keep = sinceKept >= BATCH_SAMPLES;
    const snapshot: ScorerSnapshot = {
      streams: Object.fromEntries(this.streams.map((stream) => [stream.loaded.name, stream.snapshot()])),
      ledger,
      followers: await this.scoredSamples.follow(batch, at.snapshot.followers),
      lastTs: batch.to,
      lastValuesTs,
      lastIncomplete,
      lastOnGrid,
      horizonTs: at.snapshot.horizonTs,
      sinceKept: keep ? 0 : sinceKept,
    };
    const next = { positionTs: batch.to, feedPosition: at.feedPosition, snapshot };
    await this.states.write(next, at.snapshot.sinceKept === 0 ? undefined : at.positionTs);
    if (keep) await this.states.prune();
    return next;
  }

  private async newestSample(): Promise<number | undefined> {
    const ids = [...(await this.tags.all()).values()].map(({ id }) => id);
    const times = [...(await this.reader.latest(ids)).values()].map(({ ts }) => ts);
    return times.length > 0 ? Math.max(...times) : undefined;
  }

  /** Puts the streams where the checkpoint is; those it has no state for take in the samples before it. */
  private async restore({ snapshot }: Checkpoint): Promise<void> {
    this.astray = true;
    const fresh = this.streams.filter((stream) => !stream.restore(snapshot.streams[stream.loaded.name]));
    if (fresh.length > 0 && snapshot.lastTs !== null) await this.warmUp(fresh, snapshot.lastTs);
    this.astray = false;
  }

  private async warmUp(streams: readonly DetectorStream[], lastTs: number): Promise<void> {
    const tagCodes = tagsOfStreams(streams);
    const from = lastTs - WARM_UP_SAMPLES * SAMPLING_INTERVAL_MS;
    const samples = await this.source.readSamples(tagCodes, from, lastTs + 1);
    for (const stream of streams) {
      stream.takeFrom(tagCodes);
      stream.warmUp(samples);
      if (this.tagCodes.length > 0) stream.takeFrom(this.tagCodes);
      await setImmediate();
    }
    this.logger.info(
      {
        detectors: streams.map(({ loaded }) => `${loaded.name} ${loaded.version}`),
        samples: samples.timestamps.length,
      },
      'detectors warmed up from stored samples',
    );
  }
}

/**
 * Puts the score on the sample.
 * @param judged its values but for those that come otherwise than the detectors have learnt
 * @returns what became of the stream's episode
 */
function scoreWith(
  stream: DetectorStream,
  sample: ScoredSample,
  judged: Float64Array,
): EpisodeChange | undefined {
  const { reading, change } = stream.step(sample.ts, judged);
  if (reading) {
    const { statistic, limit } = reading;
    const contributions = stream.contributionsBySampleTag(reading, sample.values.length);
    const { name: detector, normalRatio } = stream.loaded;
    sample.scores.push({ detector, statistic, limit, normalRatio, contributions });
  }
  return change;
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
