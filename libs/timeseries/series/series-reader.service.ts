import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type SeriesPoints } from './bin-averages.js';
import { downsample, type SeriesMethod } from './downsampling.js';
import { NO_SAMPLES, noWorseThan, type RawSeries } from './raw-series.js';
import { readGroups } from './read-plan.js';
import { rollupFormOf } from './rollup-points.js';
import { RollupSeriesRepository } from './rollup-series.repository.js';
import { type MatrixQualities, matrixOf, requireMatrixFits, type SampleMatrix } from './sample-matrix.js';
import {
  BAD_QUALITY,
  GOOD_QUALITY,
  type LatestSample,
  MAX_TS,
  UNCERTAIN_QUALITY,
} from '../samples/sample-columns.js';
import { type SampleAtMoment, SampleRepository } from '../samples/sample.repository.js';
import { type SamplePresence, SeriesRepository } from './series.repository.js';
import { seriesSources } from './series-source.js';
import { samplesOf, statisticsOf, type TagStatistics } from './tag-statistics.js';

/** Rollups held in memory at a time, about. */
const ROLLUPS_HELD = 30_000;

export interface SampleWindow {
  tagIds: readonly number[];
  /** `[from, to)`, epoch milliseconds. */
  from: number;
  to: number;
}

export interface SeriesRequest extends SampleWindow {
  /** Most points per tag. */
  points: number;
  method: SeriesMethod;
}

/** A series thinned out for a chart. */
export interface ThinnedSeries extends SeriesPoints {
  tagId: number;
  /** How many samples the tag has in the window, of any quality. */
  rawCount: number;
  /** How many of them are uncertain and bad. */
  uncertainCount: number;
  badCount: number;
  /** Longest rollup bucket the points were made from; 0 when they were made from raw samples. */
  sourceMs: number;
}

/** Reads samples for those who compute with them and those who draw them. */
@Injectable()
export class SeriesReader {
  constructor(
    private readonly repository: SeriesRepository,
    private readonly samples: SampleRepository,
    private readonly rollups: RollupSeriesRepository,
  ) {}

  /**
   * The values of a window as a matrix with the tags in the given order; a bad sample has none.
   * @throws AppError WINDOW_TOO_LARGE beyond MAX_MATRIX_CELLS
   */
  async readMatrix({ tagIds, from, to }: SampleWindow, qualities?: MatrixQualities): Promise<SampleMatrix> {
    const counts = await this.repository.counts(tagIds, from, to);
    requireMatrixFits(total(counts));
    const columns = new Map<number, RawSeries>();
    for await (const [tagId, series] of this.repository.raw(tagIds, from, to, (id) => counts.get(id) ?? 0))
      columns.set(tagId, series);
    return matrixOf(
      tagIds.map((tagId) => columns.get(tagId) ?? NO_SAMPLES),
      qualities,
    );
  }

  /**
   * How many samples each tag has in a window and where none that is not bad came for long, by tag id.
   * @param longestOf the longest time without one that is no gap, by tag id [ms]
   */
  async presence(
    window: SampleWindow,
    longestOf: (tagId: number) => number,
  ): Promise<Map<number, SamplePresence>> {
    const { tagIds, from, to } = window;
    if (tagIds.length === 0) return new Map();
    const counts = await this.repository.upperCounts(tagIds, from, to);
    const found = await this.repository.presence(window, (id) => counts.get(id) ?? 0, longestOf);
    const nothing = (): SamplePresence => ({ usable: 0, bad: 0, gaps: [{ from, to }] });
    return new Map(tagIds.map((tagId) => [tagId, found.get(tagId) ?? nothing()]));
  }

  /** The newest sample of each tag at or before `until`, of any quality, by tag id; a tag without samples is missing. */
  async latest(tagIds: readonly number[], until = MAX_TS): Promise<Map<number, LatestSample>> {
    return tagIds.length === 0 ? new Map() : this.samples.findLatest([...tagIds], { until });
  }

  /** The newest sample of each tag in `[since, until]` that is not bad, by tag id; a tag without one is missing. */
  async latestUsable(
    tagIds: readonly number[],
    since: number,
    until = MAX_TS,
  ): Promise<Map<number, LatestSample>> {
    const bounds = { since, until, worst: UNCERTAIN_QUALITY };
    return tagIds.length === 0 ? new Map() : this.samples.findLatest([...tagIds], bounds);
  }

  /** The newest sample of each tag in `(moment − reachMs, moment]`, of any quality, for each of the moments. */
  async at(
    tagIds: readonly number[],
    moments: readonly number[],
    reachMs: number,
  ): Promise<SampleAtMoment[]> {
    return tagIds.length === 0 || moments.length === 0
      ? []
      : this.samples.findAt([...tagIds], moments, reachMs);
  }

  /** Time of a tag's first sample in `(after, until]` that is not bad, null when there is none. */
  firstAfter(tagId: number, after: number, until: number): Promise<number | null> {
    return this.samples.findFirstTs(tagId, after, until);
  }

  /** Neighbouring samples of a tag in `(after, until]` that are not bad and whose values differ, of any of the tags, the newest first. */
  async changes(
    tagIds: readonly number[],
    after: number,
    until: number,
  ): Promise<{ from: number; to: number }[]> {
    return tagIds.length === 0 ? [] : this.samples.findChanges(tagIds, after, until);
  }

  /** Time of the oldest raw sample of any of the tags, undefined when there is none. */
  async earliest(tagIds: readonly number[]): Promise<number | undefined> {
    return tagIds.length === 0 ? undefined : this.samples.findEarliestTs([...tagIds]);
  }

  /**
   * Counts, and mean, standard deviation, lowest and highest good value of each tag in `[from, to)`, by tag id; a tag
   * without samples is missing. Reads rollups and the raw samples at the edges, whatever the length of the window.
   */
  async statistics(tagIds: readonly number[], from: number, to: number): Promise<Map<number, TagStatistics>> {
    const sums = await this.repository.sums(tagIds, from, to);
    return new Map([...sums].map(([tagId, sum]) => [tagId, statisticsOf(sum)]));
  }

  /** How many samples of any quality the tags have in `[from, to)` together. */
  async count(tagIds: readonly number[], from: number, to: number): Promise<number> {
    return total(await this.repository.counts(tagIds, from, to));
  }

  /**
   * Series thinned out to at most `points` a tag, in the order of the tags; `raw` answers every sample, averages are
   * of good ones, the others leave bad ones out. Made from raw samples where there are few enough, from rollups of
   * good samples otherwise.
   */
  async series(request: SeriesRequest): Promise<ThinnedSeries[]> {
    const { tagIds, from, to } = request;
    const [sweptBefore, counts] = await Promise.all([
      this.samples.sweptBefore(),
      this.repository.upperCounts(tagIds, from, to),
    ]);
    const sources = seriesSources(tagIds, { ...request, counts, rawIsComplete: from >= sweptBefore });
    const thinned = new Map<number, ThinnedSeries>();
    for (const sourceMs of new Set(sources.values())) {
      const own = { ...request, tagIds: tagIds.filter((tagId) => sources.get(tagId) === sourceMs) };
      const read =
        sourceMs === 0 ? this.rawSeries(own, counts) : this.rolledUpSeries(own, sourceMs, sweptBefore);
      for await (const series of read) thinned.set(series.tagId, series);
    }
    return tagIds.map((tagId) => thinned.get(tagId) ?? nothingOf(tagId));
  }

  private async *rawSeries(
    request: SeriesRequest,
    counts: ReadonlyMap<number, number>,
  ): AsyncGenerator<ThinnedSeries> {
    const { tagIds, from, to, method } = request;
    for await (const [tagId, series] of this.repository.raw(tagIds, from, to, (id) => counts.get(id) ?? 0))
      yield {
        ...downsample(noWorseThan(WORST_SHOWN[method], series), request),
        tagId,
        rawCount: series.times.length,
        uncertainCount: countOf(series.qualities, UNCERTAIN_QUALITY),
        badCount: countOf(series.qualities, BAD_QUALITY),
        sourceMs: 0,
      };
  }

  private async *rolledUpSeries(
    request: SeriesRequest,
    bucketMs: number,
    sweptBefore: number,
  ): AsyncGenerator<ThinnedSeries> {
    const { tagIds, from, to, method } = request;
    const form = rollupFormOf(method);
    const sums = await this.repository.sums(tagIds, from, to);
    for (const { tagIds: group } of readGroups(tagIds, () => (to - from) / bucketMs, ROLLUPS_HELD)) {
      const rows = await this.rollups.read({ tagIds: group, bucketMs, from, to, form, sweptBefore });
      for (const tagId of group) {
        const { series, weights } = form.points(rows.get(tagId) ?? []);
        const sum = sums.get(tagId);
        yield {
          ...downsample(series, { ...request, weights }),
          tagId,
          rawCount: sum === undefined ? 0 : samplesOf(sum),
          uncertainCount: sum?.uncertain ?? 0,
          badCount: sum?.bad ?? 0,
          sourceMs: bucketMs,
        };
        await setImmediate();
      }
    }
  }
}

/** The worst quality that is shown; rollups, and the samples beside them, show good values only. */
const WORST_SHOWN: Readonly<Record<SeriesMethod, number>> = {
  raw: BAD_QUALITY,
  avg: GOOD_QUALITY,
  minmax: UNCERTAIN_QUALITY,
  lttb: UNCERTAIN_QUALITY,
};

function nothingOf(tagId: number): ThinnedSeries {
  return { ...NO_SAMPLES, tagId, rawCount: 0, uncertainCount: 0, badCount: 0, sourceMs: 0 };
}

function countOf(qualities: Uint8Array, quality: number): number {
  let count = 0;
  for (const each of qualities) if (each === quality) count++;
  return count;
}

function total(counts: Map<number, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}
