import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  Length,
  Max,
  Min,
} from 'class-validator';
import { IsText } from '#platform';
import { SERIES_METHODS, type SeriesMethod } from '../downsampling.js';

const MAX_TAGS_PER_SERIES = 60;
export const MAX_POINTS_PER_TAG = 5_000;
/** Points of all tags of a reply: about 2 MB of JSON, written in well under 50 ms. */
export const MAX_POINTS_PER_REPLY = 40_000;
export const MAX_SERIES_YEARS = 10;

export class SeriesQuery {
  @ApiProperty({
    type: String,
    example: 'XMEAS_07,XMEAS_09',
    description: `Codes of 1 to ${MAX_TAGS_PER_SERIES} tags, separated by commas`,
  })
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',', MAX_TAGS_PER_SERIES + 1).map((code) => code.trim()) : value,
  )
  @IsArray({ message: 'tags must be codes separated by commas' })
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_TAGS_PER_SERIES)
  @ArrayUnique()
  @IsText(40, { each: true })
  @Length(1, 40, { each: true, message: 'tags must be codes separated by commas' })
  tags!: string[];

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-03-01T00:00:00Z',
    description: `Where the window begins, plant time; 8 hours before its end by default, at most ${MAX_SERIES_YEARS} years`,
  })
  @IsOptional()
  @IsText(40)
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-03-01T08:00:00Z',
    description: 'Where the window ends (exclusive), plant time; now by default',
  })
  @IsOptional()
  @IsText(40)
  to?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 2,
    maximum: MAX_POINTS_PER_TAG,
    default: 500,
    description: `Most points per tag; all tags together at most ${MAX_POINTS_PER_REPLY}. With method raw, a tag with more samples is refused`,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(2)
  @Max(MAX_POINTS_PER_TAG)
  points?: number;

  @ApiPropertyOptional({
    enum: SERIES_METHODS,
    default: 'minmax',
    description:
      'raw: every sample. avg: means of equal spans, at their start. minmax: lowest and highest of each span, so ' +
      'that no peak is lost. lttb: the points that keep the shape (largest triangle, three buckets)',
  })
  @IsOptional()
  @IsIn(SERIES_METHODS)
  method: SeriesMethod = 'minmax';
}
