import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { JobListQuery } from '#platform';

export class TrainingListQuery extends JobListQuery {
  @ApiPropertyOptional({ example: 'innovation_bank', description: 'Only trainings of this model' })
  @IsOptional()
  @Matches(/^[a-z][a-z0-9_]{0,59}$/, { message: 'model must be the name of a model' })
  model?: string;
}
