import { ApiProperty } from '@nestjs/swagger';
import { isoTime, PageDto } from '#platform';
import type { Equipment } from '../equipment.entity.js';

export class EquipmentDto {
  @ApiProperty({ example: 'REACTOR' })
  eq_id!: string;

  @ApiProperty({ example: 'Reactor' })
  name!: string;

  @ApiProperty({ type: String, example: '반응기', nullable: true })
  name_ko!: string | null;

  @ApiProperty({ example: 'reactor' })
  kind!: string;

  @ApiProperty({ type: 'integer', example: 20, description: 'Place along the flowsheet, upstream first' })
  position!: number;

  @ApiProperty({ type: String, nullable: true, example: 'Two-phase exothermic reactor' })
  description!: string | null;

  @ApiProperty({ type: 'integer', example: 1, description: 'Counts the changes; the ETag in quotes' })
  version!: number;

  @ApiProperty({ format: 'date-time', example: '2026-03-01T00:00:00.000Z', description: 'Wall time' })
  created_at!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T00:00:00.000Z',
    description: 'Wall time of the last change',
  })
  updated_at!: string;

  static of(equipment: Equipment): EquipmentDto {
    return {
      eq_id: equipment.code,
      name: equipment.name,
      name_ko: equipment.nameKo,
      kind: equipment.kind,
      position: equipment.position,
      description: equipment.description,
      version: equipment.version,
      created_at: isoTime(equipment.createdAt),
      updated_at: isoTime(equipment.updatedAt),
    };
  }
}

export class EquipmentPageDto extends PageDto(EquipmentDto) {}
