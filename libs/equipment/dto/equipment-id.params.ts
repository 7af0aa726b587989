import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';

export const EQ_ID_PATTERN = /^[A-Z0-9][A-Z0-9_-]{0,39}$/;
export const EQ_ID_MESSAGE = 'must be 1 to 40 characters of A-Z, 0-9, _ and -';

/** The path parameter of everything below /equipment/{eq_id}. */
export class EquipmentIdParams {
  @ApiProperty({ example: 'REACTOR', description: 'Code of the equipment', pattern: EQ_ID_PATTERN.source })
  @Matches(EQ_ID_PATTERN, { message: `eq_id ${EQ_ID_MESSAGE}` })
  eq_id!: string;
}
