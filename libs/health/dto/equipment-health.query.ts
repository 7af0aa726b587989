import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsText } from '#platform';

export class EquipmentHealthQuery {
  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-03-01T00:00:00Z',
    description: 'Begin of the history in plant time; 24 h before `to` when left out',
  })
  @IsOptional()
  @IsText(40)
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-03-02T00:00:00Z',
    description: 'End of the history in plant time, at most 400 days after `from`; now when left out',
  })
  @IsOptional()
  @IsText(40)
  to?: string;
}
