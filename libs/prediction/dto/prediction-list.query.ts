import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Matches, Min } from 'class-validator';
import { JobListQuery } from '#platform';

export class PredictionListQuery extends JobListQuery {
  @ApiPropertyOptional({ example: 'REACTOR' })
  @IsOptional()
  @Matches(/^[A-Z0-9][A-Z0-9_-]{0,39}$/, { message: 'eq_id must be the code of an equipment' })
  eq_id?: string;

  @ApiPropertyOptional({ type: 'integer', example: 3 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  lot_id?: number;
}
