import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import { boundedCount, Database, keysetPage } from '#platform';
import { Lot, type LotStatus } from './lot.entity.js';

/** What a caller decides about a lot. */
export type LotFields = Pick<
  Lot,
  'lotNo' | 'grade' | 'status' | 'startedAt' | 'endedAt' | 'knownFault' | 'note'
>;

export interface LotFilter {
  status?: LotStatus | undefined;
  /** Only lots that share time with `[from, to)`, epoch milliseconds. */
  from?: number | undefined;
  to?: number | undefined;
}

@Injectable()
export class LotRepository {
  constructor(private readonly database: Database) {}

  findById(id: number): Promise<Lot | null> {
    return this.rows.findOneBy({ id });
  }

  findAll(ids: readonly number[]): Promise<Lot[]> {
    return this.rows.findBy({ id: In(ids) });
  }

  findByNumber(lotNo: string): Promise<Lot | null> {
    return this.rows.findOneBy({ lotNo });
  }

  /** The lot whose window holds `ts`: as windows do not overlap, it can only be the last that began by then. */
  async findAt(ts: number): Promise<Lot | null> {
    const lot = await this.rows
      .createQueryBuilder('l')
      .where('l.startedAt <= :ts', { ts })
      .orderBy('l.startedAt', 'DESC')
      .limit(1)
      .getOne();
    return lot && (lot.endedAt === null || ts < lot.endedAt) ? lot : null;
  }

  findOpen(): Promise<Lot | null> {
    return this.rows.findOneBy({ status: 'open' });
  }

  /** Start of the oldest lot. */
  async findEarliestStart(): Promise<number | undefined> {
    const [oldest] = await this.rows.find({ order: { startedAt: 'ASC' }, take: 1 });
    return oldest?.startedAt;
  }

  /** Some lot other than `exceptId` that shares time with `[startedAt, endedAt)`; null as end means forever. */
  findOverlapping(startedAt: number, endedAt: number | null, exceptId: number): Promise<Lot | null> {
    const query = this.rows
      .createQueryBuilder('l')
      .where('l.id <> :exceptId', { exceptId })
      .andWhere('(l.endedAt IS NULL OR l.endedAt > :startedAt)', { startedAt })
      .orderBy('l.startedAt')
      .limit(1);
    if (endedAt !== null) query.andWhere('l.startedAt < :endedAt', { endedAt });
    return query.getOne();
  }

  /** Newest first; one row more than `limit`, so that the caller sees whether there is a next page. */
  findPage(
    limit: number,
    after: { startedAt: number; id: number } | undefined,
    filter: LotFilter,
  ): Promise<Lot[]> {
    return keysetPage(this.filtered(filter), ['startedAt', 'id'], limit, after);
  }

  /** How many there are on all pages, as far as is counted. */
  count(filter: LotFilter): Promise<number> {
    return boundedCount(this.database, this.filtered(filter));
  }

  async insert(fields: LotFields): Promise<void> {
    const now = Date.now();
    await this.rows.insert({ ...fields, version: 1, createdAt: now, updatedAt: now });
  }

  /** @returns false when the row no longer has that version */
  async update(id: number, version: number, fields: Partial<LotFields>): Promise<boolean> {
    const { affected } = await this.rows.update(
      { id, version },
      { ...fields, version: version + 1, updatedAt: Date.now() },
    );
    return affected === 1;
  }

  async delete(id: number): Promise<void> {
    await this.rows.delete({ id });
  }

  /** Makes every other change of the timeline wait until the open transaction ends. */
  async lockTimeline(): Promise<void> {
    await this.database.query(`SELECT id FROM lot_timeline WHERE id = 1 ${this.database.forUpdateSql}`);
  }

  private filtered({ status, from, to }: LotFilter): SelectQueryBuilder<Lot> {
    const query = this.rows.createQueryBuilder('l');
    if (status !== undefined) query.andWhere('l.status = :status', { status });
    if (from !== undefined) query.andWhere('(l.endedAt IS NULL OR l.endedAt > :from)', { from });
    if (to !== undefined) query.andWhere('l.startedAt < :to', { to });
    return query;
  }

  private get rows() {
    return this.database.manager.getRepository(Lot);
  }
}
