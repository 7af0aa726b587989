import { ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import { IsInt, IsNotEmpty, IsString, Matches, Max, MaxLength, Min, ValidateIf } from 'class-validator';
import { CreateEquipmentDto, KIND_MESSAGE, KIND_PATTERN } from './create-equipment.dto.js';

const given = (_: unknown, value: unknown): boolean => value !== undefined;

/** Any of the fields but `eq_id`, which identifies the equipment; null empties what may be empty. */
export class UpdateEquipmentDto extends PartialType(
  OmitType(CreateEquipmentDto, ['eq_id', 'name', 'kind', 'position']),
) {
  @ApiPropertyOptional({ example: 'Flare stack', maxLength: 120 })
  @ValidateIf(given)
  @IsString()
  @IsNotEmpty()
  @MaxLength(120)
  name?: string;

  @ApiPropertyOptional({ example: 'flare', maxLength: 40 })
  @ValidateIf(given)
  @Matches(KIND_PATTERN, { message: KIND_MESSAGE })
  kind?: string;

  @ApiPropertyOptional({ example: 90, description: 'Place along the flowsheet, upstream first' })
  @ValidateIf(given)
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  position?: number;
}
