import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Database, Revisions } from '#platform';
import { CATALOGUE } from './catalogue.js';
import { SensorTag, type TagSettings } from './sensor-tag.entity.js';

@Injectable()
export class SensorTagRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: Revisions,
  ) {}

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
    if (tags.length > 0) await this.changing(() => this.rows.insert(tags));
  }

  /** The tag of that code, which nobody else changes until the open transaction ends. */
  async lock(code: string): Promise<SensorTag | null> {
    await this.database.query(`SELECT id FROM sensor_tag WHERE code = ? ${this.database.forUpdateSql}`, [
      code,
    ]);
    return this.rows.findOneBy({ code });
  }

  async update(id: number, settings: TagSettings): Promise<void> {
    await this.changing(() => this.rows.update({ id }, settings));
  }

  private async changing(change: () => Promise<unknown>): Promise<void> {
    await this.database.transaction(async () => {
      await change();
      await this.revisions.raise(CATALOGUE);
    });
  }

  private get rows() {
    return this.database.manager.getRepository(SensorTag);
  }
}
