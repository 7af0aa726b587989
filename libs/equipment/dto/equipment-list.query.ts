import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsText, PageQuery } from '#platform';

export class EquipmentListQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'reactor', description: 'Only equipment of this kind' })
  @IsOptional()
  @IsText(40)
  kind?: string;
}
