import { ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import { IsInt, IsNotEmpty, Matches, Max, Min, ValidateIf } from 'class-validator';
import { IsText } from '#platform';
import { CreateEquipmentDto, KIND_MESSAGE, KIND_PATTERN } from './create-equipment.dto.js';

const given = (_: unknown, value: unknown): boolean => value !== undefined;

/** Any of the fields but `eq_id`, which identifies the equipment; null empties what may be empty. */
export class UpdateEquipmentDto extends PartialType(
  OmitType(CreateEquipmentDto, ['eq_id', 'name', 'kind', 'position']),
) {
  @ApiPropertyOptional({ example: 'Flare stack', maxLength: 120 })
  @ValidateIf(given)
  @IsText(120)
  @IsNotEmpty()
  name?: string;

  @ApiPropertyOptional({ example: 'flare', maxLength: 40 })
  @ValidateIf(given)
  @Matches(KIND_PATTERN, { message: KIND_MESSAGE })
  kind?: string;

  @ApiPropertyOptional({
    type: 'integer',
    example: 90,
    description: 'Place along the flowsheet, upstream first',
  })
  @ValidateIf(given)
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  position?: number;
}
