import { Injectable } from '@nestjs/common';
import type { SensorTag } from '#equipment';
import { LotDto, LotService } from '#lot';
import { figureOrNull, ProcessClock } from '#platform';
import type { LotSummaryDto, TagSummaryDto } from './dto/lot-summary.dto.js';
import { SeriesReader } from './series-reader.service.js';
import { TagDirectory } from '../samples/tag-directory.service.js';
import type { TagStatistics } from './tag-statistics.js';

/** What the samples of a lot amount to. */
@Injectable()
export class LotSummaryService {
  constructor(
    private readonly lots: LotService,
    private readonly tags: TagDirectory,
    private readonly reader: SeriesReader,
    private readonly clock: ProcessClock,
  ) {}

  /** @throws AppError LOT_NOT_FOUND */
  async summary(lotId: number): Promise<LotSummaryDto> {
    const lot = await this.lots.require(lotId);
    const end = lot.endedAt ?? Math.max(this.clock.now(), lot.startedAt);
    const tags = [...(await this.tags.all()).values()];
    const statistics = await this.reader.statistics(
      tags.map(({ id }) => id),
      lot.startedAt,
      end,
    );
    const summaries = tags.map((tag) => summaryOf(tag, statistics.get(tag.id), end - lot.startedAt));
    return {
      lot: LotDto.of(lot),
      duration_s: (end - lot.startedAt) / 1_000,
      sample_count: summaries.reduce((sum, { count }) => sum + count, 0),
      coverage: rounded(summaries.reduce((sum, { coverage }) => sum + coverage, 0) / (summaries.length || 1)),
      tags: summaries,
    };
  }
}

function summaryOf(tag: SensorTag, statistics: TagStatistics | undefined, durationMs: number): TagSummaryDto {
  const expected = Math.max(Math.floor(durationMs / tag.samplingIntervalMs), 1);
  const { count, uncertain, bad } = statistics ?? { count: 0, uncertain: 0, bad: 0 };
  return {
    tag: tag.code,
    name: tag.name,
    unit: tag.unit,
    count,
    uncertain_count: uncertain,
    bad_count: bad,
    coverage: rounded(Math.min((count + uncertain) / expected, 1)),
    mean: figureOrNull(statistics?.mean ?? null),
    std: figureOrNull(statistics?.std ?? null),
    min: statistics?.min ?? null,
    max: statistics?.max ?? null,
  };
}

function rounded(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}
