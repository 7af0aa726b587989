import { Injectable } from '@nestjs/common';
import type { SensorTag } from '#equipment';
import { AppError, figure, isoTime, ProcessClock } from '#platform';
import type { SeriesSource } from './dto/series.dto.js';
import {
  MAX_POINTS_PER_REPLY,
  MAX_POINTS_PER_TAG,
  MAX_SERIES_YEARS,
  type SeriesQuery,
} from './dto/series.query.js';
import type { SeriesMethod } from './downsampling.js';
import { GOOD_QUALITY, QUALITIES } from '../samples/sample-columns.js';
import { SeriesReader, type ThinnedSeries } from './series-reader.service.js';
import type { SeriesReply, TagSeries } from './series-reply.js';
import { samplesOf } from './tag-statistics.js';
import { TagDirectory } from '../samples/tag-directory.service.js';

const DEFAULT_POINTS = 500;
const DEFAULT_WINDOW_MS = 8 * 3_600_000;
const YEAR_MS = 366 * 86_400_000;
const SOURCES: Record<number, SeriesSource> = {
  0: 'raw',
  10_000: 'rollup_10s',
  60_000: 'rollup_1min',
  900_000: 'rollup_15min',
  3_600_000: 'rollup_1h',
  86_400_000: 'rollup_1d',
};

/** Answers `GET /timeseries`. */
@Injectable()
export class SeriesService {
  constructor(
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
    private readonly clock: ProcessClock,
  ) {}

  /** @throws AppError VALIDATION_FAILED, TAG_NOT_FOUND, TOO_MANY_SAMPLES */
  async series(query: SeriesQuery): Promise<SeriesReply> {
    const { method } = query;
    const { from, to } = this.windowOf(query);
    const points = pointsOf(query);
    const tags = await this.requireTags(query.tags);
    const tagIds = tags.map(({ id }) => id);
    if (method === 'raw') await this.refuseTooMany(tags, from, to, points);
    const thinned = await this.reader.series({ tagIds, from, to, points, method });
    return {
      from: isoTime(from),
      to: isoTime(to),
      series: thinned.map((each, i) => presented(tags[i], each, method)),
    };
  }

  private windowOf(query: SeriesQuery): { from: number; to: number } {
    const to = query.to === undefined ? this.clock.now() : this.clock.parseTime(query.to, 'to');
    const from = query.from === undefined ? to - DEFAULT_WINDOW_MS : this.clock.parseTime(query.from, 'from');
    if (from >= to) throw AppError.invalid('from', `must be before to, ${isoTime(to)}`);
    if (to - from > MAX_SERIES_YEARS * YEAR_MS)
      throw AppError.invalid('from', `must be at most ${MAX_SERIES_YEARS} years before to`);
    return { from, to };
  }

  private async requireTags(codes: string[]): Promise<SensorTag[]> {
    const byCode = await this.tags.all();
    return codes.map((code) => {
      const tag = byCode.get(code);
      if (!tag) throw AppError.notFound('TAG', 'tag', code);
      return tag;
    });
  }

  private async refuseTooMany(tags: SensorTag[], from: number, to: number, points: number): Promise<void> {
    const statistics = await this.reader.statistics(
      tags.map(({ id }) => id),
      from,
      to,
    );
    for (const { id, code } of tags) {
      const found = statistics.get(id);
      const count = found === undefined ? 0 : samplesOf(found);
      if (count > points)
        throw AppError.unprocessable(
          'TOO_MANY_SAMPLES',
          `${code} has ${count} samples there, more than ${points}; choose a shorter window or another method`,
          { tag: code, raw_count: count, points },
        );
    }
  }
}

function pointsOf({ points, method, tags }: SeriesQuery): number {
  const share = Math.floor(MAX_POINTS_PER_REPLY / tags.length);
  const fallback = method === 'raw' ? Math.min(MAX_POINTS_PER_TAG, share) : DEFAULT_POINTS;
  if ((points ?? fallback) > share)
    throw AppError.invalid('points', `must be at most ${share} for ${tags.length} tags`);
  return points ?? fallback;
}

function presented(tag: SensorTag, thinned: ThinnedSeries, method: SeriesMethod): TagSeries {
  const { times, values, qualities, rawCount, uncertainCount, badCount, sourceMs } = thinned;
  return {
    head: {
      tag: tag.code,
      unit: tag.unit,
      raw_count: rawCount,
      uncertain_count: uncertainCount,
      bad_count: badCount,
      returned_count: times.length,
      method,
      source: SOURCES[sourceMs],
    },
    times,
    // The other methods pick samples, which stay as they were sent.
    values: method === 'avg' ? values.map(figure) : values,
    qualityOf: (i) =>
      qualities && (method === 'raw' || qualities[i] !== GOOD_QUALITY) ? QUALITIES[qualities[i]] : undefined,
  };
}
