import type { AlarmPriority } from '#equipment';
import { Injectable } from '@nestjs/common';
import type { SelectQueryBuilder } from 'typeorm';
import { boundedCount, Database, keysetPage } from '#platform';
import { AlarmEntry, type AlarmEntryEvent } from './alarm-entry.entity.js';

/** Which entries are wanted; what is left out does not matter. */
export interface AlarmEntryFilter {
  alarmId?: number | undefined;
  event?: AlarmEntryEvent | undefined;
  /** Entries of `[from, to)` of plant time. */
  from?: number | undefined;
  to?: number | undefined;
}

/** An alarm that people were shown, as the figures count it. */
export interface Activation {
  alarmId: number;
  /** Plant time. */
  at: number;
  priority: AlarmPriority;
}

const READ_AT_ONCE = 5_000;
const INSERTED_AT_ONCE = 200;
/** Nobody has retracted it. */
const STANDS = 'NOT EXISTS (SELECT 1 FROM alarm_journal r WHERE r.corrects = j.id)';

/** The journal: rows are added, nothing else. */
@Injectable()
export class AlarmJournalRepository {
  constructor(private readonly database: Database) {}

  async append(entries: readonly Omit<AlarmEntry, 'id'>[]): Promise<void> {
    for (let i = 0; i < entries.length; i += INSERTED_AT_ONCE)
      await this.rows.insert(entries.slice(i, i + INSERTED_AT_ONCE));
  }

  /** The newest first, in the order in which they were written; one row more than `limit`. */
  findPage(filter: AlarmEntryFilter, limit: number, beforeId?: number): Promise<AlarmEntry[]> {
    const after = beforeId === undefined ? undefined : { id: beforeId };
    return keysetPage(this.filtered(filter), ['id'], limit, after);
  }

  count(filter: AlarmEntryFilter): Promise<number> {
    return boundedCount(this.database, this.filtered(filter));
  }

  /** What stands of the conditions of limit alarms in `(after, to]`. */
  findConditions(after: number, to: number): Promise<AlarmEntry[]> {
    return this.rows
      .createQueryBuilder('j')
      .where("j.plantAt > :after AND j.plantAt <= :to AND j.event IN ('activated', 'returned')", {
        after,
        to,
      })
      .andWhere("j.alarmId IN (SELECT id FROM alarm WHERE kind = 'limit')")
      .andWhere(STANDS)
      .orderBy('j.id')
      .getMany();
  }

  /** Of some alarms: when each last began, as far as that stands. */
  async findLastActivations(alarmIds: readonly number[]): Promise<Map<number, number>> {
    if (alarmIds.length === 0) return new Map();
    const rows = await this.database.query<{ alarm_id: string | number; at: string | number }>(
      `SELECT j.alarm_id, MAX(j.plant_at) AS at FROM alarm_journal j
       WHERE j.alarm_id IN (${alarmIds.map(() => '?').join(', ')}) AND j.event = 'activated' AND ${STANDS} GROUP BY j.alarm_id`,
      [...alarmIds],
    );
    return new Map(rows.map((row) => [Number(row.alarm_id), Number(row.at)]));
  }

  /** The alarms that people were shown in `[from, to)`, in order of plant time, in parts. */
  async *activations(from: number, to: number): AsyncGenerator<Activation[]> {
    for (let [at, id] = [from, 0]; ;) {
      const rows = await this.database.query<
        Record<'id' | 'alarm_id' | 'plant_at', string | number> & { priority: AlarmPriority }
      >(
        `SELECT j.id, j.alarm_id, j.plant_at, j.priority FROM alarm_journal j
         WHERE j.event = 'activated' AND j.plant_at >= ? AND j.plant_at < ? AND (j.plant_at > ? OR j.id > ?)
         AND j.annunciated = 1 AND ${STANDS} ORDER BY j.plant_at, j.id LIMIT ${READ_AT_ONCE}`,
        [at, to, at, id],
      );
      yield rows.map((row) => ({
        alarmId: Number(row.alarm_id),
        at: Number(row.plant_at),
        priority: row.priority,
      }));
      const last = rows.at(-1);
      if (!last || rows.length < READ_AT_ONCE) return;
      [at, id] = [Number(last.plant_at), Number(last.id)];
    }
  }

  /** Alarms that ended at or after `from`, had begun before `to` and had been active for longer than `longerMs`. */
  async findLongEnded(
    from: number,
    to: number,
    longerMs: number,
  ): Promise<{ alarmId: number; since: number; until: number }[]> {
    const rows = await this.database.query<Record<'alarm_id' | 'since' | 'plant_at', string | number>>(
      `SELECT j.alarm_id, j.since, j.plant_at FROM alarm_journal j
       WHERE j.event = 'returned' AND j.plant_at >= ? AND j.since < ? AND j.plant_at - j.since > ? AND ${STANDS}`,
      [from, to, longerMs],
    );
    return rows.map((row) => ({
      alarmId: Number(row.alarm_id),
      since: Number(row.since),
      until: Number(row.plant_at),
    }));
  }

  private filtered({ alarmId, event, from, to }: AlarmEntryFilter): SelectQueryBuilder<AlarmEntry> {
    const query = this.rows.createQueryBuilder('j');
    if (alarmId !== undefined) query.andWhere('j.alarmId = :alarmId', { alarmId });
    if (event !== undefined) query.andWhere('j.event = :event', { event });
    if (from !== undefined) query.andWhere('j.plantAt >= :from', { from });
    if (to !== undefined) query.andWhere('j.plantAt < :to', { to });
    return query;
  }

  private get rows() {
    return this.database.manager.getRepository(AlarmEntry);
  }
}
