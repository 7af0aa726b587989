import type { AlarmPriority } from '#equipment';
import { Injectable } from '@nestjs/common';
import { Brackets, In, type SelectQueryBuilder } from 'typeorm';
import { boundedCount, Database, EventLog, keysetPage } from '#platform';
import type { ActiveLimits, AlarmLimit } from '#timeseries';
import { Alarm, type AlarmKind } from './alarm.entity.js';
import type { AlarmState } from './alarm-machine.js';

/** Which alarms are wanted; what is left out does not matter. */
export interface AlarmFilter {
  kind?: AlarmKind | undefined;
  /** Without one: every alarm that is not normal. */
  state?: AlarmState | undefined;
  priorities?: readonly AlarmPriority[] | undefined;
  equipmentId?: number | undefined;
  tagId?: number | undefined;
  active?: boolean | undefined;
  unacknowledged?: boolean | undefined;
}

export interface AlarmPosition {
  changedAt: number;
  id: number;
}

/** The alarm of one limit as it is laid down when the tag gets the limit. */
export interface LimitAlarmRow {
  tagId: number;
  limitName: AlarmLimit;
  equipmentId: number;
  priority: AlarmPriority;
}

export type IncidentAlarmRow = Pick<Alarm, 'equipmentId' | 'priority'> & { incidentId: number };

const IN_SERVICE = 'a.out_of_service = 0';
const SHOWN = `${IN_SERVICE} AND a.suppressed = 0 AND a.shelved_until IS NULL`;

/** By state, in the order in which one hides another ({@link alarmState}). */
const HAS_STATE: Record<AlarmState, string> = {
  out_of_service: 'a.out_of_service = 1',
  suppressed_by_design: `${IN_SERVICE} AND a.suppressed = 1`,
  shelved: `${IN_SERVICE} AND a.suppressed = 0 AND a.shelved_until IS NOT NULL`,
  unacknowledged: `${SHOWN} AND a.active = 1 AND a.unacknowledged = 1`,
  acknowledged: `${SHOWN} AND a.active = 1 AND a.unacknowledged = 0`,
  returned_unacknowledged: `${SHOWN} AND a.active = 0 AND a.unacknowledged = 1`,
  normal: `${SHOWN} AND a.active = 0 AND a.unacknowledged = 0`,
};

/** The name of alarms in the event log. */
export const ALARM_EVENTS = 'alarm';

@Injectable()
export class AlarmRepository {
  constructor(
    private readonly database: Database,
    private readonly events: EventLog,
  ) {}

  find(id: number): Promise<Alarm | null> {
    return this.rows.findOneBy({ id });
  }

  findAll(ids: readonly number[]): Promise<Alarm[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.rows.findBy({ id: In(ids) });
  }

  findOfLimits(): Promise<Alarm[]> {
    return this.rows.findBy({ kind: 'limit' });
  }

  findOfIncidents(incidentIds: readonly number[]): Promise<Alarm[]> {
    return incidentIds.length === 0 ? Promise.resolve([]) : this.rows.findBy({ incidentId: In(incidentIds) });
  }

  /** Alarms of incidents that are not over and acknowledged. */
  findUnsettledOfIncidents(): Promise<Alarm[]> {
    return this.rows
      .createQueryBuilder('a')
      .where('a.incidentId IS NOT NULL AND (a.active = 1 OR a.unacknowledged = 1)')
      .getMany();
  }

  /** The newest incident that has an alarm; 0 when none has. */
  async newestIncident(): Promise<number> {
    const [row] = await this.database.query<{ newest: string | number | null }>(
      'SELECT MAX(incident_id) AS newest FROM alarm',
    );
    return Number(row.newest ?? 0);
  }

  /** What is on a shelf that has run out. */
  async findExpired(plantAt: number, wallAt: number): Promise<number[]> {
    const rows = await this.database.query<{ id: string | number }>(
      'SELECT id FROM alarm WHERE shelved_until IS NOT NULL AND (shelved_until <= ? OR shelved_until_wall <= ?) ORDER BY id',
      [plantAt, wallAt],
    );
    return rows.map(({ id }) => Number(id));
  }

  /** Active ones that began before a moment. */
  findActiveSince(before: number): Promise<Alarm[]> {
    return this.rows
      .createQueryBuilder('a')
      .where('a.active = 1 AND a.activeSince < :before', { before })
      .getMany();
  }

  /** The limits whose alarms are active, by tag. */
  async findActiveLimits(): Promise<ActiveLimits> {
    const rows = await this.database.query<{ tag_id: string | number; limit_name: AlarmLimit }>(
      "SELECT tag_id, limit_name FROM alarm WHERE active = 1 AND kind = 'limit'",
    );
    const limits = new Map<number, AlarmLimit[]>();
    for (const { tag_id, limit_name } of rows)
      limits.set(Number(tag_id), [...(limits.get(Number(tag_id)) ?? []), limit_name]);
    return limits;
  }

  /** How many are active, by priority and state of the rest. */
  async countActive(): Promise<{ priority: AlarmPriority; state: AlarmState; count: number }[]> {
    const states: AlarmState[] = [
      'unacknowledged',
      'acknowledged',
      'shelved',
      'suppressed_by_design',
      'out_of_service',
    ];
    const cases = states.map((state) => `WHEN ${HAS_STATE[state]} THEN '${state}'`).join(' ');
    const rows = await this.database.query<{
      priority: AlarmPriority;
      state: AlarmState;
      count: string | number;
    }>(
      `SELECT a.priority AS priority, CASE ${cases} END AS state, COUNT(*) AS count FROM alarm a WHERE a.active = 1 GROUP BY 1, 2`,
    );
    return rows.map(({ count, ...row }) => ({ ...row, count: Number(count) }));
  }

  /** The last transition first; one row more than `limit`, so that the caller sees whether there is a next page. */
  findPage(filter: AlarmFilter, limit: number, after?: AlarmPosition): Promise<Alarm[]> {
    return keysetPage(this.filtered(filter), ['changedAt', 'id'], limit, after);
  }

  count(filter: AlarmFilter): Promise<number> {
    return boundedCount(this.database, this.filtered(filter));
  }

  /** Lays down alarms of limits; of those there are, the priority is renewed, and events report that. */
  async layDown(limits: readonly LimitAlarmRow[]): Promise<void> {
    if (limits.length === 0) return;
    const keyOf = ({ tagId, limitName }: Pick<Alarm, 'tagId' | 'limitName'>): string =>
      `${tagId} ${limitName}`;
    const laid = new Map(limits.map((row) => [keyOf(row), row]));
    await this.database.transaction(async () => {
      const known = await this.rows.findBy({ tagId: In(limits.map(({ tagId }) => tagId)) });
      await this.database.upsert({
        table: 'alarm',
        columns: ['kind', 'tag_id', 'limit_name', 'equipment_id', 'priority'],
        keys: ['tag_id', 'limit_name'],
        update: ['priority', 'equipment_id'],
        rows: limits.map(({ tagId, limitName, equipmentId, priority }) => [
          'limit',
          tagId,
          limitName,
          equipmentId,
          priority,
        ]),
      });
      await this.publishRenewed(known, (alarm) => laid.get(keyOf(alarm)));
    });
  }

  /** Lays down alarms of incidents; of those there are, the priority is renewed, and events report that. */
  async layDownIncidents(incidents: readonly IncidentAlarmRow[]): Promise<void> {
    if (incidents.length === 0) return;
    const laid = new Map<number | null, IncidentAlarmRow>(incidents.map((row) => [row.incidentId, row]));
    await this.database.transaction(async () => {
      const known = await this.findOfIncidents(incidents.map(({ incidentId }) => incidentId));
      await this.database.upsert({
        table: 'alarm',
        columns: ['kind', 'incident_id', 'equipment_id', 'priority'],
        keys: ['incident_id'],
        update: ['priority', 'equipment_id'],
        rows: incidents.map(({ incidentId, equipmentId, priority }) => [
          'incident',
          incidentId,
          equipmentId,
          priority,
        ]),
      });
      await this.publishRenewed(known, ({ incidentId }) => laid.get(incidentId));
    });
  }

  private async publishRenewed(
    known: readonly Alarm[],
    laidDown: (alarm: Alarm) => Pick<Alarm, 'priority' | 'equipmentId'> | undefined,
  ): Promise<void> {
    for (const alarm of known) {
      const now = laidDown(alarm);
      const isSame = !now || (now.priority === alarm.priority && now.equipmentId === alarm.equipmentId);
      if (!isSame) await this.events.append(ALARM_EVENTS, alarm.id);
    }
  }

  /**
   * Makes others who change these alarms, or others of their tags, wait until the open transaction ends.
   * @returns all of them as they are now
   */
  async lock(ids: readonly number[]): Promise<Alarm[]> {
    if (ids.length === 0) return [];
    const marks = ids.map(() => '?').join(', ');
    const rows = await this.database.query<{ id: string | number }>(
      `SELECT id FROM alarm WHERE id IN (${marks})
       OR tag_id IN (SELECT tag_id FROM (SELECT tag_id FROM alarm WHERE id IN (${marks})) tags)
       ORDER BY id ${this.database.forUpdateSql}`,
      [...ids, ...ids],
    );
    return this.findAll(rows.map(({ id }) => Number(id)));
  }

  /** Writes all an alarm is, but for what it warns of; events report it. */
  async update({
    id,
    kind: _,
    tagId: _tag,
    limitName: _limit,
    incidentId: _incident,
    ...rest
  }: Alarm): Promise<void> {
    await this.database.transaction(async () => {
      await this.rows.update({ id }, rest);
      await this.events.append(ALARM_EVENTS, id);
    });
  }

  private filtered(filter: AlarmFilter): SelectQueryBuilder<Alarm> {
    const { kind, state, priorities, equipmentId, tagId, active, unacknowledged } = filter;
    const query = this.rows.createQueryBuilder('a');
    query.where(new Brackets((where) => where.where(state ? HAS_STATE[state] : `NOT (${HAS_STATE.normal})`)));
    if (kind !== undefined) query.andWhere('a.kind = :kind', { kind });
    if (priorities !== undefined) query.andWhere('a.priority IN (:...priorities)', { priorities });
    if (equipmentId !== undefined) query.andWhere('a.equipmentId = :equipmentId', { equipmentId });
    if (tagId !== undefined) query.andWhere('a.tagId = :tagId', { tagId });
    if (active !== undefined) query.andWhere(`a.active = ${active ? 1 : 0}`);
    if (unacknowledged !== undefined) query.andWhere(`a.unacknowledged = ${unacknowledged ? 1 : 0}`);
    return query;
  }

  private get rows() {
    return this.database.manager.getRepository(Alarm);
  }
}
