import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { IsText } from '#platform';

export const LOT_NO_PATTERN = /^[\p{L}\p{N}][\p{L}\p{N} ._/-]{0,59}$/u;

export class CreateLotDto {
  @ApiProperty({
    example: 'L-2026-0301',
    description: 'Unique number, 1 to 60 letters, digits, blanks, and . _ / -',
  })
  @Matches(LOT_NO_PATTERN, {
    message: 'lot_no must be 1 to 60 letters, digits, blanks, and . _ / -, beginning with a letter or digit',
  })
  @IsText(60)
  lot_no!: string;

  @ApiPropertyOptional({
    example: '2026-03-01T00:00:00Z',
    format: 'date-time',
    description: 'Where the window begins, plant time; now by default, at most 5 minutes ahead of it',
  })
  @IsOptional()
  @IsText(40)
  started_at?: string;

  @ApiPropertyOptional({
    type: String,
    example: null,
    nullable: true,
    format: 'date-time',
    description:
      'Where the window ends (exclusive), plant time, for a lot that is over; without it the lot is open',
  })
  @IsOptional()
  @IsText(40)
  ended_at?: string | null;

  @ApiPropertyOptional({ type: String, example: 'G50/H50', maxLength: 40, nullable: true })
  @IsOptional()
  @IsText(40)
  grade?: string | null;

  @ApiPropertyOptional({
    type: 'integer',
    example: 0,
    minimum: 0,
    maximum: 21,
    nullable: true,
    description: 'Disturbance the lot was made with, when it is known: 0 none, 1 to 21 that one',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(21)
  known_fault?: number | null;

  @ApiPropertyOptional({
    type: String,
    example: 'First lot after the turnaround',
    maxLength: 1000,
    nullable: true,
  })
  @IsOptional()
  @IsText(1_000, { lineBreaks: true })
  note?: string | null;
}
