import { Injectable } from '@nestjs/common';
import type { SelectQueryBuilder } from 'typeorm';
import { boundedCount, Database, keysetPage, Revisions } from '#platform';
import { CATALOGUE } from './catalogue.js';
import { Equipment } from './equipment.entity.js';

/** What a caller decides about an equipment. */
export type EquipmentFields = Pick<
  Equipment,
  'code' | 'name' | 'nameKo' | 'kind' | 'position' | 'description'
>;

@Injectable()
export class EquipmentRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: Revisions,
  ) {
    revisions.follow(CATALOGUE);
  }

  findByCode(code: string): Promise<Equipment | null> {
    return this.rows.findOneBy({ code });
  }

  findAll(): Promise<Equipment[]> {
    return this.rows.find({ order: { position: 'ASC', id: 'ASC' } });
  }

  /** One row more than `limit`, so that the caller sees whether there is a next page. */
  findPage(
    limit: number,
    after: { position: number; id: number } | undefined,
    kind: string | undefined,
  ): Promise<Equipment[]> {
    return keysetPage(this.filtered(kind), ['position', 'id'], limit, after, 'ASC');
  }

  /** How many there are on all pages, as far as is counted. */
  count(kind: string | undefined): Promise<number> {
    return boundedCount(this.database, this.filtered(kind));
  }

  async insert(fields: EquipmentFields): Promise<void> {
    const now = Date.now();
    await this.changing(() => this.rows.insert({ ...fields, version: 1, createdAt: now, updatedAt: now }));
  }

  /** @returns false when the row no longer has that version */
  async update(id: number, version: number, fields: Partial<EquipmentFields>): Promise<boolean> {
    const change = { ...fields, version: version + 1, updatedAt: Date.now() };
    const { affected } = await this.changing(() => this.rows.update({ id, version }, change));
    return affected === 1;
  }

  async delete(id: number): Promise<void> {
    await this.changing(() => this.rows.delete({ id }));
  }

  private filtered(kind: string | undefined): SelectQueryBuilder<Equipment> {
    const query = this.rows.createQueryBuilder('e');
    return kind === undefined ? query : query.where('e.kind = :kind', { kind });
  }

  private changing<T>(change: () => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      const result = await change();
      await this.revisions.raise(CATALOGUE);
      return result;
    });
  }

  private get rows() {
    return this.database.manager.getRepository(Equipment);
  }
}
