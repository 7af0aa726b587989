import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsText, PageQuery } from '#platform';
import { LOT_STATUSES, type LotStatus } from '../lot.entity.js';

export class LotListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: LOT_STATUSES, description: 'Only lots in this status' })
  @IsOptional()
  @IsIn(LOT_STATUSES)
  status?: LotStatus;

  @ApiPropertyOptional({
    example: '2026-03-01T00:00:00Z',
    format: 'date-time',
    description: 'Only lots that share time with the window beginning here, plant time',
  })
  @IsOptional()
  @IsText(40)
  from?: string;

  @ApiPropertyOptional({
    example: '2026-03-02T00:00:00Z',
    format: 'date-time',
    description: 'Only lots that share time with the window ending here (exclusive), plant time',
  })
  @IsOptional()
  @IsText(40)
  to?: string;
}
