import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsText } from '#platform';

export class CloseLotDto {
  @ApiPropertyOptional({
    example: '2026-03-02T00:00:00Z',
    format: 'date-time',
    description: 'First moment after the lot, plant time; now by default, never after it',
  })
  @IsOptional()
  @IsText(40)
  at?: string;
}
