import { ApiProperty } from '@nestjs/swagger';
import { isoTime, isoTimeOrNull, PageDto } from '#platform';
import { type Lot, LOT_STATUSES, type LotStatus } from '../lot.entity.js';

export class LotDto {
  @ApiProperty({ type: 'integer', example: 12 })
  lot_id!: number;

  @ApiProperty({ example: 'L-2026-0301' })
  lot_no!: string;

  @ApiProperty({ type: String, example: 'G50/H50', nullable: true })
  grade!: string | null;

  @ApiProperty({
    enum: LOT_STATUSES,
    example: 'open',
    description:
      'loading while a file is being read into it, open while it runs, closed when its end is known',
  })
  status!: LotStatus;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T00:00:00.000Z',
    description: 'First moment of the lot, plant time',
  })
  started_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'First moment after the lot, plant time; null while it is open',
  })
  ended_at!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 0,
    description: 'Disturbance it was made with, when known; 0 is none',
  })
  known_fault!: number | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  note!: string | null;

  @ApiProperty({ type: 'integer', example: 1, description: 'Counts the changes; the ETag in quotes' })
  version!: number;

  @ApiProperty({ format: 'date-time', example: '2026-03-01T00:00:00.000Z', description: 'Wall time' })
  created_at!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T00:00:00.000Z',
    description: 'Wall time of the last change',
  })
  updated_at!: string;

  static of(lot: Lot): LotDto {
    return {
      lot_id: lot.id,
      lot_no: lot.lotNo,
      grade: lot.grade,
      status: lot.status,
      started_at: isoTime(lot.startedAt),
      ended_at: isoTimeOrNull(lot.endedAt),
      known_fault: lot.knownFault,
      note: lot.note,
      version: lot.version,
      created_at: isoTime(lot.createdAt),
      updated_at: isoTime(lot.updatedAt),
    };
  }
}

export class LotPageDto extends PageDto(LotDto) {}
