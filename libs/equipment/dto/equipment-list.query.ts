import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQuery } from '#platform';

export class EquipmentListQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'reactor', description: 'Only equipment of this kind' })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  kind?: string;
}
