import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { IsText } from '#platform';
import { TimeZoneProperty } from './time-zone.property.js';

export const TREND_BUCKETS = ['hour', 'day'] as const;
export type TrendBucket = (typeof TREND_BUCKETS)[number];

export class KpiQuery {
  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-03-01T00:00:00Z',
    description: 'Plant time; 24 h before `to` when left out',
  })
  @IsOptional()
  @IsText(40)
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-03-02T00:00:00Z',
    description: 'Plant time, at most 400 days after `from`; now when left out',
  })
  @IsOptional()
  @IsText(40)
  to?: string;

  @TimeZoneProperty()
  time_zone?: string;

  @ApiPropertyOptional({ type: 'integer', example: 3, description: 'The period of this lot instead' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  lot_id?: number;
}

export class KpiTrendQuery extends KpiQuery {
  @ApiPropertyOptional({
    enum: TREND_BUCKETS,
    default: 'hour',
    description:
      'Hours or days by the clocks of `time_zone`, a day of 23 or 25 hours too; hours for 1000 hours at most',
  })
  @IsOptional()
  @IsIn(TREND_BUCKETS)
  bucket: TrendBucket = 'hour';
}

export class KpiNameParams {
  @ApiProperty({ example: 'production_rate' })
  @Matches(/^[a-z][a-z0-9_]{0,59}$/, { message: 'name must be the name of a KPI' })
  name!: string;
}
