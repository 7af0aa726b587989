import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { QUALITIES, type QualityName } from '../../samples/sample-columns.js';

/** One value of one tag. The samples of a body are checked by SampleRules, thousands at a time. */
export class SampleInputDto {
  @ApiProperty({ example: 'XMEAS_07' })
  tag!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T08:03:00Z',
    description: 'Plant time, at most 5 minutes ahead of now, not older than RAW_RETENTION_DAYS',
  })
  ts!: string;

  @ApiProperty({ example: 2705.1, description: 'A finite number up to 1e100' })
  value!: number;

  @ApiPropertyOptional({
    enum: QUALITIES,
    default: 'good',
    description:
      'bad: stored and shown, missing for everything that computes. uncertain: shown, scored and predicted from, but ' +
      'in no average, KPI or training',
  })
  quality?: QualityName;
}

/** Values of many tags at one moment. */
export class RecordInputDto {
  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T08:03:00Z',
    description: 'Plant time, at most 5 minutes ahead of now, not older than RAW_RETENTION_DAYS',
  })
  ts!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number', nullable: true },
    example: { XMEAS_07: 2705.1, XMEAS_09: 120.4 },
    description: 'Tags and their values; null is a missing value',
  })
  values!: Record<string, number | null>;
}

export class IngestBatchDto {
  @ApiPropertyOptional({ type: [SampleInputDto] })
  samples?: SampleInputDto[];

  @ApiPropertyOptional({ type: [RecordInputDto] })
  records?: RecordInputDto[];
}

export class IngestReplyDto {
  @ApiProperty({ type: 'integer', example: 106, description: 'Samples taken in' })
  accepted!: number;

  @ApiProperty({
    type: 'integer',
    example: 2,
    description: 'Values they replaced, stored before or sent before in the same request',
  })
  overwritten!: number;

  @ApiProperty({ type: 'integer', example: 1, description: 'Transactions they were written in' })
  chunks!: number;
}
