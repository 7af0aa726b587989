import { Injectable } from '@nestjs/common';
import { EQUIPMENT, TAGS } from '#tep';
import { Database, isDuplicateKey } from '#platform';
import { EquipmentRepository } from './equipment.repository.js';
import { SensorTagRepository } from './sensor-tag.repository.js';

/** Writes the Tennessee Eastman plant into the tables: what is missing is added, what is there stays as it is. */
@Injectable()
export class PlantRegistration {
  constructor(
    private readonly database: Database,
    private readonly equipment: EquipmentRepository,
    private readonly tags: SensorTagRepository,
  ) {}

  /** @returns how many rows were added */
  async register(): Promise<{ equipment: number; tags: number }> {
    try {
      return await this.addMissing();
    } catch (error) {
      // Another process that starts has added the same rows meanwhile.
      if (isDuplicateKey(error)) return this.addMissing();
      throw error;
    }
  }

  private addMissing(): Promise<{ equipment: number; tags: number }> {
    return this.database.transaction(async () => ({
      equipment: await this.addEquipment(),
      tags: await this.addTags(),
    }));
  }

  private async addEquipment(): Promise<number> {
    const known = new Set((await this.equipment.findAll()).map(({ code }) => code));
    const missing = EQUIPMENT.filter(({ code }) => !known.has(code));
    for (const { code, name, nameKo, kind, position, description } of missing) {
      await this.equipment.insert({ code, name, nameKo, kind, position, description });
    }
    return missing.length;
  }

  private async addTags(): Promise<number> {
    const known = new Set((await this.tags.findAll()).map(({ code }) => code));
    const equipmentIds = new Map((await this.equipment.findAll()).map(({ code, id }) => [code, id]));
    const missing = TAGS.map((tag, position) => ({ tag, position })).filter(
      ({ tag }) => !known.has(tag.code),
    );
    await this.tags.insertMany(
      missing.map(({ tag, position }) => ({
        code: tag.code,
        equipmentId: equipmentIds.get(tag.equipmentCode) ?? unknownEquipment(tag.equipmentCode),
        name: tag.name,
        nameKo: tag.nameKo,
        unit: tag.unit,
        role: tag.role,
        samplingIntervalMs: tag.samplingIntervalMs,
        rangeLow: tag.rangeLow,
        rangeHigh: tag.rangeHigh,
        limitLl: tag.alarmLimits.ll,
        limitL: tag.alarmLimits.l,
        limitH: tag.alarmLimits.h,
        limitHh: tag.alarmLimits.hh,
        deadband: tag.deadband,
        onDelayMs: 0,
        offDelayMs: 0,
        priority: 'medium' as const,
        position,
      })),
    );
    return missing.length;
  }
}

function unknownEquipment(code: string): never {
  throw new Error(`The tag catalogue names an equipment ${code} that the equipment catalogue lacks`);
}
