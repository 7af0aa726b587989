import type { DetectorName } from '#ml';
import { Injectable } from '@nestjs/common';
import {
  Between,
  type FindOptionsWhere,
  In,
  IsNull,
  MoreThanOrEqual,
  type SelectQueryBuilder,
} from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { boundedCount, Database, EventLog, keysetPage } from '#platform';
import type { Acknowledgement } from './acknowledgement.js';
import { Anomaly, type AnomalyState, type Severity } from './anomaly.entity.js';

/** Which anomalies are wanted; what is left out does not matter. */
export interface AnomalyFilter {
  detector?: DetectorName | undefined;
  equipmentId?: number | undefined;
  lotId?: number | undefined;
  incidentId?: number | undefined;
  state?: AnomalyState | undefined;
  severities?: readonly Severity[] | undefined;
  acknowledged?: boolean | undefined;
  /** Anomalies that reach into `[from, to)`. */
  from?: number | undefined;
  to?: number | undefined;
}

export interface AnomalyPosition {
  startedAt: number;
  id: number;
}

/** The name of anomalies in the event log. */
export const ANOMALY_EVENTS = 'anomaly';

/** Whatever changes here is published as an event. */
@Injectable()
export class AnomalyRepository {
  constructor(
    private readonly database: Database,
    private readonly events: EventLog,
  ) {}

  find(id: number): Promise<Anomaly | null> {
    return this.rows.findOneBy({ id });
  }

  findAll(ids: readonly number[]): Promise<Anomaly[]> {
    return this.rows.findBy({ id: In(ids) });
  }

  /** The newest first; one row more than `limit`, so that the caller sees whether there is a next page. */
  findPage(filter: AnomalyFilter, limit: number, after?: AnomalyPosition): Promise<Anomaly[]> {
    return keysetPage(this.filtered(filter), ['startedAt', 'id'], limit, after);
  }

  /** How many there are on all pages, as far as is counted. */
  count(filter: AnomalyFilter): Promise<number> {
    return boundedCount(this.database, this.filtered(filter));
  }

  findOpen(): Promise<Anomaly[]> {
    return this.rows.find({ where: { state: 'open' }, order: { startedAt: 'DESC', id: 'DESC' } });
  }

  async insert(anomaly: Omit<Anomaly, 'id' | 'incidentId'>): Promise<number> {
    return this.database.transaction(async () => {
      const { identifiers } = await this.rows.insert(anomaly);
      const id = Number(identifiers[0].id);
      await this.events.append(ANOMALY_EVENTS, id);
      return id;
    });
  }

  async update(
    id: number,
    change: Partial<Omit<Anomaly, 'id' | 'contributions'>> & Pick<Anomaly, 'contributions'>,
  ): Promise<void> {
    await this.change({ id }, change);
  }

  /** @returns false when it was acknowledged already */
  async acknowledge(id: number, acknowledgement: Acknowledgement): Promise<boolean> {
    return (await this.change({ id, acknowledgedAt: IsNull() }, acknowledgement)) === 1;
  }

  /**
   * Makes the anomalies of no incident that reach into `[from, to]` part of one, unless they began more than `leadMs` before it.
   */
  async joinIncident(incidentId: number, from: number, to: number, leadMs: number): Promise<void> {
    const began = { incidentId: IsNull(), startedAt: Between(from - leadMs, to) };
    await this.change(
      [
        { ...began, endedAt: IsNull() },
        { ...began, endedAt: MoreThanOrEqual(from) },
      ],
      { incidentId },
    );
  }

  /** Takes an incident back: its anomalies belong to none again. */
  async leaveIncident(incidentId: number): Promise<void> {
    await this.change({ incidentId }, { incidentId: null });
  }

  /** Says of the anomalies of an incident what was said of it, where nothing has been said of them. */
  async acknowledgeIncident(incidentId: number, acknowledgement: Acknowledgement): Promise<void> {
    await this.change({ incidentId, acknowledgedAt: IsNull() }, acknowledgement);
  }

  /** Whether nothing has been said of some anomaly of an incident. */
  async isIncidentUnacknowledged(incidentId: number): Promise<boolean> {
    return this.rows.existsBy({ incidentId, acknowledgedAt: IsNull() });
  }

  /** How many anomalies each of the incidents has; those without any are left out. */
  async countByIncident(incidentIds: readonly number[]): Promise<Map<number, number>> {
    if (incidentIds.length === 0) return new Map();
    const counts = await this.rows
      .createQueryBuilder('a')
      .select('a.incidentId', 'incident')
      .addSelect('COUNT(*)', 'anomalies')
      .where('a.incidentId IN (:...incidentIds)', { incidentIds })
      .groupBy('a.incidentId')
      .getRawMany<{ incident: string | number; anomalies: string | number }>();
    return new Map(counts.map(({ incident, anomalies }) => [Number(incident), Number(anomalies)]));
  }

  /** Anomalies of a detector that are not settled at `ts`: they end after it or are open. */
  findUnsettled(detector: DetectorName, ts: number): Promise<Anomaly[]> {
    return this.rows
      .createQueryBuilder('a')
      .where('a.detector = :detector AND (a.endedAt IS NULL OR a.endedAt > :ts)', { detector, ts })
      .orderBy('a.startedAt')
      .getMany();
  }

  /**
   * When the plant was not normal, as far as is known, within `[from, to)`: episodes of `detector`, and those of the others
   * that go on or that somebody has acknowledged.
   */
  findDisturbedSpans(
    detector: DetectorName,
    from: number,
    to: number,
  ): Promise<Pick<Anomaly, 'startedAt' | 'endedAt'>[]> {
    return this.rows
      .createQueryBuilder('a')
      .select(['a.id', 'a.startedAt', 'a.endedAt'])
      .where('a.startedAt < :to AND (a.endedAt IS NULL OR a.endedAt >= :from)', { from, to })
      .andWhere('(a.detector = :detector OR a.endedAt IS NULL OR a.acknowledgedAt IS NOT NULL)', { detector })
      .orderBy('a.startedAt')
      .getMany();
  }

  async delete(ids: number[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.transaction(async () => {
      await this.rows.delete({ id: In(ids) });
      for (const id of ids) await this.events.append(ANOMALY_EVENTS, id);
    });
  }

  /** @returns how many rows there were to change */
  private change(
    where: FindOptionsWhere<Anomaly> | FindOptionsWhere<Anomaly>[],
    change: QueryDeepPartialEntity<Anomaly>,
  ): Promise<number> {
    return this.database.transaction(async () => {
      const rows = await this.rows.find({ select: { id: true }, where, order: { id: 'ASC' } });
      if (rows.length === 0) return 0;
      const ids = rows.map(({ id }) => id);
      // Another transaction may have been first: rows that are no longer meant stay as they are.
      const meant = Array.isArray(where) ? where : [where];
      const { affected } = await this.rows.update(
        meant.map((each): FindOptionsWhere<Anomaly> => ({ ...each, id: In(ids) })),
        change,
      );
      for (const id of ids) await this.events.append(ANOMALY_EVENTS, id);
      return affected ?? 0;
    });
  }

  private filtered(filter: AnomalyFilter): SelectQueryBuilder<Anomaly> {
    const { detector, equipmentId, lotId, incidentId, state, severities, acknowledged, from, to } = filter;
    const query = this.rows.createQueryBuilder('a');
    if (detector !== undefined) query.andWhere('a.detector = :detector', { detector });
    if (equipmentId !== undefined) query.andWhere('a.equipmentId = :equipmentId', { equipmentId });
    if (lotId !== undefined) query.andWhere('a.lotId = :lotId', { lotId });
    if (incidentId !== undefined) query.andWhere('a.incidentId = :incidentId', { incidentId });
    if (state !== undefined) query.andWhere('a.state = :state', { state });
    if (severities !== undefined) query.andWhere('a.severity IN (:...severities)', { severities });
    if (acknowledged !== undefined)
      query.andWhere(`a.acknowledgedAt IS ${acknowledged ? 'NOT NULL' : 'NULL'}`);
    if (from !== undefined) query.andWhere('(a.endedAt IS NULL OR a.endedAt >= :from)', { from });
    if (to !== undefined) query.andWhere('a.startedAt < :to', { to });
    return query;
  }

  private get rows() {
    return this.database.manager.getRepository(Anomaly);
  }
}
