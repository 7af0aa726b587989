import { Injectable } from '@nestjs/common';
import type { TimeBand, TimeSeries } from '#charts';
import { SeriesReader, TagDirectory } from '#timeseries';
import { limitsOf, namedOf } from './plant-names.js';
import type { TagTrend } from './content.js';

/** More points than a printed chart can show. */
const POINTS = 400;

interface Period {
  from: number;
  to: number;
}

/** Gathers what tags did over a period. */
@Injectable()
export class TrendGathering {
  constructor(
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
  ) {}

  /** Trends of the tags that exist, with the spans in which something was wrong. */
  async trends(
    codes: readonly string[],
    period: Period,
    anomalyBands: readonly TimeBand[],
  ): Promise<TagTrend[]> {
    const known = await this.tags.all();
    const tags = codes.flatMap((code) => known.get(code) ?? []);
    const series = await this.series(
      tags.map(({ id }) => id),
      period,
    );
    return tags.map((tag, i) => ({
      ...namedOf(tag),
      unit: tag.unit,
      series: series[i],
      limits: limitsOf(tag),
      anomalyBands,
    }));
  }

  /** Values of some tags, thinned to what a chart can show: every n-th sample, the last one included; bad ones are gaps. */
  async series(tagIds: readonly number[], { from, to }: Period): Promise<TimeSeries[]> {
    if (tagIds.length === 0) return [];
    const { timestamps, values } = await this.reader.readMatrix({ tagIds, from, to }, { withBad: true });
    const stride = Math.max(1, Math.ceil(timestamps.length / POINTS));
    const rows = Array.from({ length: timestamps.length }, (_, row) => row).filter(
      (row) => (timestamps.length - 1 - row) % stride === 0,
    );
    return tagIds.map((_, column) => ({
      times: Float64Array.from(rows, (row) => timestamps[row]),
      values: Float64Array.from(rows, (row) => values[row * tagIds.length + column]),
    }));
  }
}
