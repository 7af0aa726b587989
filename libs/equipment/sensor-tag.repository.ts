import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Database } from '#platform';
import { SensorTag } from './sensor-tag.entity.js';

@Injectable()
export class SensorTagRepository {
  constructor(private readonly database: Database) {}

  /** All tags in the plant's order. */
  findAll(): Promise<SensorTag[]> {
    return this.rows.find({ order: { position: 'ASC', id: 'ASC' } });
  }

  findByCodes(codes: string[]): Promise<SensorTag[]> {
    return this.rows.findBy({ code: In(codes) });
  }

  findByEquipment(equipmentId: number): Promise<SensorTag[]> {
    return this.rows.find({ where: { equipmentId }, order: { position: 'ASC', id: 'ASC' } });
  }

  async insertMany(tags: Omit<SensorTag, 'id'>[]): Promise<void> {
    if (tags.length > 0) await this.rows.insert(tags);
  }

  private get rows() {
    return this.database.manager.getRepository(SensorTag);
  }
}
