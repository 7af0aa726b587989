import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsText, PageQuery } from '#platform';

const ROLES = ['measurement', 'analyser', 'manipulated'] as const;

export class TagListQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'REACTOR', description: 'Only tags of this equipment' })
  @IsOptional()
  @IsText(40)
  eq_id?: string;

  @ApiPropertyOptional({ enum: ROLES, description: 'Only tags of this role' })
  @IsOptional()
  @IsIn(ROLES)
  role?: string;

  @ApiPropertyOptional({ example: 'pressure', description: 'Only tags with this in their code or name' })
  @IsOptional()
  @IsText(60)
  q?: string;
}
