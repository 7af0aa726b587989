import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { Matches, ValidateIf } from 'class-validator';
import { IsText } from '#platform';
import { CreateLotDto, LOT_NO_PATTERN } from './create-lot.dto.js';

const given = (_: unknown, value: unknown): boolean => value !== undefined;

/** Any of the fields; null empties what may be empty. The end can only be moved once the lot is closed. */
export class UpdateLotDto extends OmitType(CreateLotDto, ['lot_no', 'started_at', 'ended_at']) {
  @ApiPropertyOptional({ example: 'L-2026-0301' })
  @ValidateIf(given)
  @Matches(LOT_NO_PATTERN, {
    message: 'lot_no must be 1 to 60 letters, digits, blanks, and . _ / -, beginning with a letter or digit',
  })
  @IsText(60)
  lot_no?: string;

  @ApiPropertyOptional({
    example: '2026-03-01T00:00:00Z',
    format: 'date-time',
    description: 'Where the window begins, plant time',
  })
  @ValidateIf(given)
  @IsText(40)
  started_at?: string;

  @ApiPropertyOptional({
    example: '2026-03-02T00:00:00Z',
    format: 'date-time',
    description: 'Where the window ends (exclusive), plant time; only of a closed lot',
  })
  @ValidateIf(given)
  @IsText(40)
  ended_at?: string;
}
