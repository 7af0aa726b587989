import { Injectable } from '@nestjs/common';
import { Database } from '#platform';
import { PlantState } from './plant-state.entity.js';

const ROW_ID = 1;

/** The row with its snapshot. */
export type StoredPlant = PlantState & Required<Pick<PlantState, 'snapshot'>>;

@Injectable()
export class PlantStateRepository {
  constructor(private readonly database: Database) {}

  /** What the API shows; null before the first start. */
  find(): Promise<PlantState | null> {
    return this.rows.findOneBy({ id: ROW_ID });
  }

  /** Everything, to continue the plant. */
  findWithSnapshot(): Promise<StoredPlant | null> {
    return this.rows
      .createQueryBuilder('p')
      .addSelect('p.snapshot')
      .where({ id: ROW_ID })
      .getOne() as Promise<StoredPlant | null>;
  }

  async insert(state: Omit<StoredPlant, 'id'>): Promise<void> {
    await this.rows.insert({ ...state, id: ROW_ID });
  }

  async update(fields: Partial<Omit<StoredPlant, 'id'>>): Promise<void> {
    await this.rows.update({ id: ROW_ID }, fields);
  }

  private get rows() {
    return this.database.manager.getRepository(PlantState);
  }
}
