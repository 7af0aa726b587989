import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { SERIES_METHODS, type SeriesMethod } from '../downsampling.js';
import { QUALITIES, type QualityName } from '../../samples/sample-columns.js';

/** Where the points of a series come from. */
const SERIES_SOURCES = [
  'raw',
  'rollup_10s',
  'rollup_1min',
  'rollup_15min',
  'rollup_1h',
  'rollup_1d',
] as const;
export type SeriesSource = (typeof SERIES_SOURCES)[number];

export class SeriesPointDto {
  @ApiProperty({ format: 'date-time', example: '2026-03-01T00:03:00.000Z', description: 'Plant time' })
  ts!: string;

  @ApiProperty({ example: 2705.1 })
  value!: number;

  @ApiPropertyOptional({
    enum: QUALITIES,
    description:
      'Of every sample with method raw; with minmax and lttb of uncertain ones, bad ones are left out',
  })
  quality?: QualityName;
}

export class TagSeriesDto {
  @ApiProperty({ example: 'XMEAS_07' })
  tag!: string;

  @ApiProperty({ example: 'kPa gauge' })
  unit!: string;

  @ApiProperty({
    type: 'integer',
    example: 160,
    description: 'Samples the tag has in the window, of any quality',
  })
  raw_count!: number;

  @ApiProperty({
    type: 'integer',
    example: 2,
    description:
      'Those of them that are uncertain: in no average; shown by raw, and by minmax and lttb from raw samples',
  })
  uncertain_count!: number;

  @ApiProperty({ type: 'integer', example: 3, description: 'Those of them that are bad: shown by raw only' })
  bad_count!: number;

  @ApiProperty({ type: 'integer', example: 160 })
  returned_count!: number;

  @ApiProperty({ enum: SERIES_METHODS, example: 'minmax' })
  method!: SeriesMethod;

  @ApiProperty({
    enum: SERIES_SOURCES,
    example: 'raw',
    description:
      'What the points were made from. From rollups, extremes keep their value and are placed within their bucket',
  })
  source!: SeriesSource;

  @ApiProperty({ type: [SeriesPointDto] })
  points!: SeriesPointDto[];
}

export class SeriesDto {
  @ApiProperty({ format: 'date-time', example: '2026-03-01T00:00:00.000Z', description: 'Plant time' })
  from!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-01T08:00:00.000Z', description: 'Plant time' })
  to!: string;

  @ApiProperty({ type: [TagSeriesDto], description: 'One entry per tag, in the order asked for' })
  series!: TagSeriesDto[];
}
