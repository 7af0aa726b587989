import { Injectable } from '@nestjs/common';
import { Metrics } from '#platform';
import { EpisodeLedger } from './episode-ledger.service.js';
import type { PlantSamples } from './sampling/plant-sampler.js';
import { type NotedChange, scoreSamples } from './score-samples.js';
import { type ScoredBatch, ScoredSamples } from './scored-samples.service.js';
import type { Checkpoint, ScorerSnapshot } from './scorer-checkpoint.js';
import { ScorerPosition } from './scorer-position.service.js';
import { ScorerSamples } from './scorer-samples.service.js';
import { ScorerStateRepository } from './scorer-state.repository.js';
import { ScorerStreams } from './scorer-streams.service.js';

/** Samples scored before their result is committed; also the distance of the checkpoints that are kept. */
const BATCH_SAMPLES = 20;

/** What is committed of some samples. */
interface ScoredStretch {
  batch: ScoredBatch;
  changes: NotedChange[];
  last: Pick<ScorerSnapshot, 'lastValuesTs' | 'lastIncomplete' | 'lastOnGrid'>;
}

/**
 * Scores every plant sample once and in order of time. What a batch of samples shows and the position it has reached
 * are committed together, so that whoever takes over continues after the last sample that was scored. Samples that come
 * late are scored again from the checkpoint before them; those older than every checkpoint stay unscored.
 */
@Injectable()
export class SampleScorer {
  private readonly scored;
  private at: Checkpoint | undefined;

  constructor(
    private readonly streams: ScorerStreams,
    private readonly position: ScorerPosition,
    private readonly samples: ScorerSamples,
    private readonly states: ScorerStateRepository,
    private readonly ledger: EpisodeLedger,
    private readonly scoredSamples: ScoredSamples,
    metrics: Metrics,
  ) {
    this.scored = metrics.counter('scorer_samples_total', 'Plant samples scored by the detectors');
  }

  /** Loads the detectors and takes up the state that was reached. */
  async open(): Promise<void> {
    await this.streams.open();
    this.at = await this.position.reached();
  }

  /**
   * Scores the next batch.
   * @returns whether there may be more to score at once
   * @throws LeaseLostError when another process has taken over
   */
  async scoreNext(): Promise<boolean> {
    await this.streams.takeUpNewVersions(async () => {
      this.at = this.at && (await this.position.resume(this.at));
    });
    if (this.streams.all.length === 0) return false;
    this.at ??= await this.position.begin();
    if (!this.at) return false;
    await this.streams.layOutSamples();
    const { at, hasMore } = await this.position.followFeed(this.at);
    this.at = at;
    if (this.streams.stale) await this.streams.restore(at);
    const samples = await this.samples.next(at, BATCH_SAMPLES);
    if (samples.timestamps.length === 0) return hasMore;
    this.at = await this.score(at, samples);
    return this.at.positionTs < this.at.snapshot.horizonTs;
  }

  private async score(at: Checkpoint, samples: PlantSamples): Promise<Checkpoint> {
    try {
      const stretch = await this.step(at, samples);
      const next = await this.states.transaction(() => this.commit(at, stretch));
      this.scored.inc(samples.timestamps.length);
      return next;
    } catch (error) {
      // The streams have run ahead of what is stored.
      this.streams.invalidate();
      throw error;
    }
  }

  private async step(at: Checkpoint, samples: PlantSamples): Promise<ScoredStretch> {
    const { all: streams, tagCodes, names, detectorTags } = this.streams;
    const { lastTs, lastValuesTs = lastTs } = at.snapshot;
    const setup = { streams, tags: tagCodes.length, detectorTags };
    const findings = await scoreSamples(samples, setup, lastValuesTs);
    const last = samples.timestamps.length - 1;
    const to = samples.timestamps[last];
    return {
      batch: { tagCodes, detectors: names, samples: findings.samples, after: at.positionTs, to },
      changes: findings.changes,
      last: {
        lastValuesTs: findings.lastValuesTs,
        // What belongs to an instant of the grid lies before it.
        lastIncomplete: samples.onGrid[last] === 0 && this.samples.lacksTags(samples, last),
        lastOnGrid: samples.onGrid[last] === 1,
      },
    };
  }

  private async commit(at: Checkpoint, { batch, changes, last }: ScoredStretch): Promise<Checkpoint> {
    let { ledger } = at.snapshot;
    for (const { stream, change, ts } of changes)
      ledger = await this.ledger.write(stream, change, ts, ledger);
    if (ledger.rescored && batch.to >= ledger.rescored.until) ledger = await this.ledger.endRescoring(ledger);
    const sinceKept = at.snapshot.sinceKept + batch.samples.length;
    const keep = sinceKept >= BATCH_SAMPLES;
    const snapshot: ScorerSnapshot = {
      streams: this.streams.snapshots(),
      ledger,
      followers: await this.scoredSamples.follow(batch, at.snapshot.followers),
      lastTs: batch.to,
      lastValuesTs: last.lastValuesTs,
      lastIncomplete: last.lastIncomplete,
      lastOnGrid: last.lastOnGrid,
      horizonTs: at.snapshot.horizonTs,
      sinceKept: keep ? 0 : sinceKept,
    };
    const next = { positionTs: batch.to, feedPosition: at.feedPosition, snapshot };
    await this.states.write(next, at.snapshot.sinceKept === 0 ? undefined : at.positionTs);
    if (keep) await this.states.prune();
    return next;
  }
}
