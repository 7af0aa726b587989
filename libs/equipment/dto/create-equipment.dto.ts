import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsNotEmpty, IsOptional, Matches, Max, Min } from 'class-validator';
import { IsText } from '#platform';
import { EQ_ID_MESSAGE, EQ_ID_PATTERN } from './equipment-id.params.js';

export const KIND_PATTERN = /^[a-z][a-z0-9_]{0,39}$/;
export const KIND_MESSAGE = 'kind must be 1 to 40 characters of a-z, 0-9 and _, beginning with a letter';

export class CreateEquipmentDto {
  @ApiProperty({ example: 'FLARE', description: 'Unique code', pattern: EQ_ID_PATTERN.source })
  @Matches(EQ_ID_PATTERN, { message: `eq_id ${EQ_ID_MESSAGE}` })
  eq_id!: string;

  @ApiProperty({ example: 'Flare stack', maxLength: 120 })
  @IsText(120)
  @IsNotEmpty()
  name!: string;

  @ApiPropertyOptional({ example: '플레어 스택', maxLength: 120 })
  @IsOptional()
  @IsText(120)
  name_ko?: string;

  @ApiProperty({
    example: 'flare',
    maxLength: 40,
    description: 'Sort of unit, e.g. reactor, separator, compressor',
  })
  @Matches(KIND_PATTERN, { message: KIND_MESSAGE })
  kind!: string;

  @ApiPropertyOptional({
    type: 'integer',
    example: 90,
    default: 1000,
    description: 'Place along the flowsheet, upstream first',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  position: number = 1_000;

  @ApiPropertyOptional({ example: 'Burns what the purge cannot return', maxLength: 1000 })
  @IsOptional()
  @IsText(1_000)
  description?: string;
}
