import { Injectable } from '@nestjs/common';
import {
  AppError,
  decodeCursor,
  isDuplicateKey,
  isStillReferenced,
  type Page,
  pageOf,
  versionConflict,
} from '#platform';
import type { CreateEquipmentDto } from './dto/create-equipment.dto.js';
import { EquipmentDto } from './dto/equipment.dto.js';
import type { EquipmentListQuery } from './dto/equipment-list.query.js';
import type { UpdateEquipmentDto } from './dto/update-equipment.dto.js';
import type { Equipment } from './equipment.entity.js';
import { EquipmentRepository } from './equipment.repository.js';

@Injectable()
export class EquipmentService {
  constructor(private readonly repository: EquipmentRepository) {}

  /**
   * The equipment with that `eq_id`.
   * @throws AppError EQUIPMENT_NOT_FOUND
   */
  async require(eqId: string): Promise<Equipment> {
    const equipment = await this.repository.findByCode(eqId);
    if (!equipment) throw AppError.notFound('EQUIPMENT', 'equipment', eqId);
    return equipment;
  }

  /** All equipment, upstream first. */
  findAll(): Promise<Equipment[]> {
    return this.repository.findAll();
  }

  async list({ limit, cursor, total, kind }: EquipmentListQuery): Promise<Page<EquipmentDto>> {
    const key = decodeCursor(cursor, ['number', 'number']) as [number, number] | undefined;
    const rows = await this.repository.findPage(limit, key && { position: key[0], id: key[1] }, kind);
    return pageOf(
      rows,
      limit,
      (row) => [row.position, row.id],
      (row) => EquipmentDto.of(row),
      total ? await this.repository.count(kind) : undefined,
    );
  }

  /** @throws AppError EQUIPMENT_EXISTS */
  async create(dto: CreateEquipmentDto): Promise<Equipment> {
    try {
      await this.repository.insert({
        code: dto.eq_id,
        name: dto.name,
        nameKo: dto.name_ko ?? null,
        kind: dto.kind,
        position: dto.position,
        description: dto.description ?? null,
      });
    } catch (error) {
      if (isDuplicateKey(error))
        throw AppError.conflict('EQUIPMENT_EXISTS', `There is an equipment ${dto.eq_id} already`);
      throw error;
    }
    return this.require(dto.eq_id);
  }

  /**
   * Changes the given fields if the equipment still has `version`; without any, nothing and not the version either.
   * @throws AppError EQUIPMENT_NOT_FOUND, VERSION_CONFLICT
   */
  async update(eqId: string, version: number, dto: UpdateEquipmentDto): Promise<Equipment> {
    const equipment = await this.require(eqId);
    if (equipment.version !== version) throw versionConflict(equipment.version);
    if (Object.values(dto).every((value) => value === undefined)) return equipment;
    const {
      name = equipment.name,
      name_ko: nameKo = equipment.nameKo,
      kind = equipment.kind,
      position = equipment.position,
      description = equipment.description,
    } = dto;
    const changes = { name, nameKo, kind, position, description };
    const updated = await this.repository.update(equipment.id, version, changes);
    const current = await this.require(eqId);
    if (!updated) throw versionConflict(current.version);
    return current;
  }

  /** @throws AppError EQUIPMENT_NOT_FOUND, EQUIPMENT_IN_USE */
  async delete(eqId: string): Promise<void> {
    const equipment = await this.require(eqId);
    try {
      await this.repository.delete(equipment.id);
    } catch (error) {
      if (isStillReferenced(error))
        throw AppError.conflict('EQUIPMENT_IN_USE', `Tags, anomalies or reports refer to ${eqId}`);
      throw error;
    }
  }
}
