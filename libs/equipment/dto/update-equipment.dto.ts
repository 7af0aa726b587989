import { OmitType, PartialType } from '@nestjs/swagger';
import { CreateEquipmentDto } from './create-equipment.dto.js';

/** Any of the fields but `eq_id`, which identifies the equipment. */
export class UpdateEquipmentDto extends PartialType(OmitType(CreateEquipmentDto, ['eq_id'])) {}
