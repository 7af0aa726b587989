import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThanOrEqual, MoreThan, type SelectQueryBuilder } from 'typeorm';
import { type Acknowledgement, type AnomalyState, NOT_ACKNOWLEDGED, type Severity } from '#anomaly';
import { boundedCount, Database, EventLog, keysetPage } from '#platform';
import { Incident } from './incident.entity.js';

/** Which incidents are wanted; what is left out does not matter. */
export interface IncidentFilter {
  equipmentId?: number | undefined;
  lotId?: number | undefined;
  state?: AnomalyState | undefined;
  severities?: readonly Severity[] | undefined;
  acknowledged?: boolean | undefined;
  /** Incidents that reach into `[from, to)`. */
  from?: number | undefined;
  to?: number | undefined;
}

/** Which incidents somebody who follows them looks at again. */
export interface FollowedIncidents {
  /** Incidents with a higher number are new, unless they were certain before `detectedAfter`; `limit` at a time. */
  newerThan: number;
  detectedAfter: number;
  limit: number;
  ids: readonly number[];
}

export interface IncidentPosition {
  startedAt: number;
  id: number;
}

/** What the scorer writes of an incident; what people say of it is not its business. */
export type IncidentFields = Omit<Incident, 'id' | keyof Acknowledgement>;

/** The name of incidents in the event log. */
export const INCIDENT_EVENTS = 'incident';

/** Whatever changes here is published as an event. */
@Injectable()
export class IncidentRepository {
  constructor(
    private readonly database: Database,
    private readonly events: EventLog,
  ) {}

  find(id: number): Promise<Incident | null> {
    return this.rows.findOneBy({ id });
  }

  findAll(ids: readonly number[]): Promise<Incident[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.rows.findBy({ id: In(ids) });
  }

  /** The newest first; one row more than `limit`, so that the caller sees whether there is a next page. */
  findPage(filter: IncidentFilter, limit: number, after?: IncidentPosition): Promise<Incident[]> {
    return keysetPage(this.filtered(filter), ['startedAt', 'id'], limit, after);
  }

  /** How many there are on all pages, as far as is counted. */
  count(filter: IncidentFilter): Promise<number> {
    return boundedCount(this.database, this.filtered(filter));
  }

  /** Open incidents that were certain by `ts`, the newest first. */
  findOpen(ts: number): Promise<Incident[]> {
    return this.rows.find({
      where: { state: 'open', detectedAt: LessThanOrEqual(ts) },
      order: { startedAt: 'DESC', id: 'DESC' },
    });
  }

  async findFollowed({ newerThan, detectedAfter, limit, ids }: FollowedIncidents): Promise<Incident[]> {
    const known = await this.rows.find({
      where: [{ state: 'open' }, { id: In([...ids]) }],
      order: { id: 'ASC' },
    });
    const fresh = await this.rows.find({
      where: { id: MoreThan(newerThan), detectedAt: MoreThan(detectedAfter) },
      order: { id: 'ASC' },
      take: limit,
    });
    return [...new Map([...known, ...fresh].map((incident) => [incident.id, incident])).values()];
  }

  countOpen(): Promise<number> {
    return this.rows.countBy({ state: 'open' });
  }

  /** Incidents that were not certain before `ts`: seen from there, they lie in the future. */
  async findDetectedAfter(ts: number): Promise<number[]> {
    const rows = await this.rows.find({ select: { id: true }, where: { detectedAt: MoreThan(ts) } });
    return rows.map(({ id }) => id);
  }

  async insert(incident: IncidentFields): Promise<number> {
    return this.database.transaction(async () => {
      const { identifiers } = await this.rows.insert({ ...incident, ...NOT_ACKNOWLEDGED });
      const id = Number(identifiers[0].id);
      await this.events.append(INCIDENT_EVENTS, id);
      return id;
    });
  }

  async update(
    id: number,
    change: Partial<Omit<IncidentFields, 'firstTags'>> & Pick<IncidentFields, 'firstTags'>,
  ): Promise<void> {
    await this.database.transaction(async () => {
      await this.rows.update({ id }, change);
      await this.events.append(INCIDENT_EVENTS, id);
    });
  }

  async delete(id: number): Promise<void> {
    await this.database.transaction(async () => {
      await this.rows.delete({ id });
      await this.events.append(INCIDENT_EVENTS, id);
    });
  }

  /** What has been said of it, read so that nobody says anything more before the open transaction ends. */
  async lockAcknowledgement(id: number): Promise<Acknowledgement | undefined> {
    const [row] = await this.database.query<Record<string, string | number | null>>(
      `SELECT acknowledged_at, acknowledged_plant_at, acknowledged_by, comment FROM incident WHERE id = ? ${this.database.forUpdateSql}`,
      [id],
    );
    if (!row || row.acknowledged_at === null) return undefined;
    return {
      acknowledgedAt: Number(row.acknowledged_at),
      acknowledgedPlantAt: row.acknowledged_plant_at === null ? null : Number(row.acknowledged_plant_at),
      acknowledgedBy: row.acknowledged_by as string | null,
      comment: row.comment as string | null,
    };
  }

  /** @returns false when it was acknowledged already */
  async acknowledge(id: number, acknowledgement: Acknowledgement): Promise<boolean> {
    return this.database.transaction(async () => {
      const { affected } = await this.rows.update({ id, acknowledgedAt: IsNull() }, acknowledgement);
      if (affected === 1) await this.events.append(INCIDENT_EVENTS, id);
      return affected === 1;
    });
  }

  private filtered(filter: IncidentFilter): SelectQueryBuilder<Incident> {
    const { equipmentId, lotId, state, severities, acknowledged, from, to } = filter;
    const query = this.rows.createQueryBuilder('i');
    if (equipmentId !== undefined) query.andWhere('i.equipmentId = :equipmentId', { equipmentId });
    if (lotId !== undefined) query.andWhere('i.lotId = :lotId', { lotId });
    if (state !== undefined) query.andWhere('i.state = :state', { state });
    if (severities !== undefined) query.andWhere('i.severity IN (:...severities)', { severities });
    if (acknowledged !== undefined)
      query.andWhere(`i.acknowledgedAt IS ${acknowledged ? 'NOT NULL' : 'NULL'}`);
    if (from !== undefined) query.andWhere('(i.endedAt IS NULL OR i.endedAt >= :from)', { from });
    if (to !== undefined) query.andWhere('i.startedAt < :to', { to });
    return query;
  }

  private get rows() {
    return this.database.manager.getRepository(Incident);
  }
}
