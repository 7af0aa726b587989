import { Injectable } from '@nestjs/common';
import { type SeriesPoints } from './bin-averages.js';
import { downsample, type SeriesMethod } from './downsampling.js';
import { BUCKETS_MS } from '../rollup/rollup.js';
import type { RawSeries } from './raw-series.js';
import { type MatrixQualities, matrixOf, requireMatrixFits, type SampleMatrix } from './sample-matrix.js';
import { MAX_TS, UNCERTAIN_QUALITY } from '../samples/sample-columns.js';
import type { LatestSample } from '../samples/sample-columns.js';
import { type SampleAtMoment, SampleRepository } from '../samples/sample.repository.js';
import { seriesOfSegments, type TagSegment } from './series-segments.js';
import { SeriesRepository } from './series.repository.js';
import { samplesOf, statisticsOf, type StatisticSums, type TagStatistics } from './tag-statistics.js';
import { windowSegments } from './window-segments.js';

/** More raw samples than this are not read for a chart; rollups stand in for them. */
const MAX_RAW_SAMPLES_PER_SERIES = 50_000;

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
  ) {}

  /**
   * The values of a window as a matrix with the tags in the given order; a bad sample has none.
   * @throws AppError WINDOW_TOO_LARGE beyond MAX_MATRIX_CELLS
   */
  async readMatrix({ tagIds, from, to }: SampleWindow, qualities?: MatrixQualities): Promise<SampleMatrix> {
    const counts = await this.counts(tagIds, from, to);
    requireMatrixFits(total(counts));
    const columns = new Map<number, RawSeries>();
    for await (const [tagId, series] of this.repository.raw(tagIds, from, to, (id) => counts.get(id) ?? 0))
      columns.set(tagId, series);
    return matrixOf(
      tagIds.map((tagId) => columns.get(tagId) ?? NO_SAMPLES),
      qualities,
    );
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
    return total(await this.counts(tagIds, from, to));
  }

  /**
   * Series thinned out to at most `points` a tag, in the order of the tags; `raw` answers every sample, averages are
   * of good ones, the others leave bad ones out. Made from raw samples where there are few enough, from rollups of
   * good samples otherwise.
   */
  async series({ tagIds, from, to, points, method }: SeriesRequest): Promise<ThinnedSeries[]> {
    const sums = await this.repository.sums(tagIds, from, to);
    const counts = countsOf(sums);
    const sourceMs = method === 'raw' ? 0 : await this.sourceFor(counts, { tagIds, from, to }, points);
    const segments = await this.segments({ tagIds, from, to }, sourceMs, counts);
    return tagIds.map((tagId) => {
      const { series, weights } = seriesOfSegments(segments.get(tagId) ?? [], method);
      return {
        ...downsample(series, { weights, from, to, points, method }),
        tagId,
        rawCount: counts.get(tagId) ?? 0,
        uncertainCount: sums.get(tagId)?.uncertain ?? 0,
        badCount: sums.get(tagId)?.bad ?? 0,
        sourceMs,
      };
    });
  }

  private async segments(
    { tagIds, from, to }: SampleWindow,
    sourceMs: number,
    counts: Map<number, number>,
  ): Promise<Map<number, TagSegment[]>> {
    const segments = new Map<number, TagSegment[]>(tagIds.map((tagId) => [tagId, []]));
    for (const segment of windowSegments(from, to, sourceMs)) {
      if (segment.bucketMs === 0) {
        const share = (segment.to - segment.from) / (to - from);
        const countOf = (id: number): number => share * (counts.get(id) ?? 0);
        for await (const [tagId, raw] of this.repository.raw(tagIds, segment.from, segment.to, countOf))
          segments.get(tagId)?.push({ raw });
      } else {
        for await (const [tagId, rollups] of this.repository.rolledUp(tagIds, segment))
          segments.get(tagId)?.push({ rollups });
      }
    }
    return segments;
  }

  /** Raw samples where they are all there and few enough, else the longest buckets that still make enough points. */
  private async sourceFor(
    counts: Map<number, number>,
    { tagIds, from, to }: SampleWindow,
    points: number,
  ): Promise<number> {
    const rawIsComplete = from >= (await this.samples.sweptBefore());
    if (rawIsComplete && total(counts) <= MAX_RAW_SAMPLES_PER_SERIES) return 0;
    const fits = (bucketMs: number): boolean =>
      (tagIds.length * (to - from)) / bucketMs <= MAX_RAW_SAMPLES_PER_SERIES;
    const fine = BUCKETS_MS.findLast((bucketMs) => (to - from) / bucketMs >= points);
    return BUCKETS_MS.find((bucketMs) => bucketMs >= (fine ?? 0) && fits(bucketMs)) ?? BUCKETS_MS[2];
  }

  private async counts(tagIds: readonly number[], from: number, to: number): Promise<Map<number, number>> {
    return countsOf(await this.repository.sums(tagIds, from, to));
  }
}

const NO_SAMPLES: RawSeries = {
  times: new Float64Array(0),
  values: new Float64Array(0),
  qualities: new Uint8Array(0),
};

function countsOf(sums: ReadonlyMap<number, StatisticSums>): Map<number, number> {
  return new Map([...sums].map(([tagId, sum]) => [tagId, samplesOf(sum)]));
}

function total(counts: Map<number, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}
