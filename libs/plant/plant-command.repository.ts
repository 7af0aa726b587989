import { Injectable } from '@nestjs/common';
import { IsNull, LessThan, Not } from 'typeorm';
import { Database } from '#platform';
import { PlantCommandRow } from './plant-command.entity.js';
import type { PlantCommand, PlantOutcome } from './plant-command.js';

@Injectable()
export class PlantCommandRepository {
  constructor(private readonly database: Database) {}

  /** @returns the id of the new row */
  async insert(body: PlantCommand, requestedBy: string): Promise<number> {
    const requestedAt = Date.now();
    const { identifiers } = await this.rows.insert({
      kind: body.kind,
      body,
      requestedBy,
      requestedAt,
      outcome: null,
    });
    return Number(identifiers[0].id);
  }

  countWaiting(): Promise<number> {
    return this.rows.countBy({ outcome: IsNull() });
  }

  /** Those nobody has handled, in the order in which they came. */
  findWaiting(limit: number): Promise<PlantCommandRow[]> {
    return this.rows.find({ where: { outcome: IsNull() }, order: { id: 'ASC' }, take: limit });
  }

  /** Null while the command waits. */
  async outcomeOf(id: number): Promise<PlantOutcome | null> {
    const row = await this.rows.findOne({ where: { id }, select: { id: true, outcome: true } });
    return row?.outcome ?? null;
  }

  async finish(id: number, outcome: PlantOutcome): Promise<void> {
    await this.rows.update({ id }, { outcome });
  }

  /** Forgets commands handled that were given before `wallMs`. */
  async deleteFinishedBefore(wallMs: number): Promise<void> {
    await this.rows.delete({ outcome: Not(IsNull()), requestedAt: LessThan(wallMs) });
  }

  private get rows() {
    return this.database.manager.getRepository(PlantCommandRow);
  }
}
