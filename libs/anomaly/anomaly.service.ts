import type { DetectorName } from '#ml';
import { Injectable } from '@nestjs/common';
import { EquipmentService } from '#equipment';
import {
  AppError,
  Database,
  decodeCursor,
  type EventContent,
  EventLog,
  type Page,
  pageOf,
  type Principal,
  ProcessClock,
} from '#platform';
import { TagDirectory } from '#timeseries';
import { type Anomaly, SEVERITIES } from './anomaly.entity.js';
import { ANOMALY_EVENTS, AnomalyRepository, type AnomalyFilter } from './anomaly.repository.js';
import type { AnomalyListQuery } from './dto/anomaly-list.query.js';
import { AnomalyDto, type AnomalyNames } from './dto/anomaly.dto.js';

@Injectable()
export class AnomalyService {
  private readonly listeners: ((anomaly: Anomaly) => Promise<void>)[] = [];

  constructor(
    private readonly database: Database,
    private readonly repository: AnomalyRepository,
    private readonly equipment: EquipmentService,
    private readonly tags: TagDirectory,
    private readonly clock: ProcessClock,
    events: EventLog,
  ) {
    events.register({
      name: ANOMALY_EVENTS,
      topic: 'anomalies',
      contents: (ids) => this.eventsOf(ids),
    });
  }

  /** @throws AppError ANOMALY_NOT_FOUND */
  async require(id: number): Promise<Anomaly> {
    const anomaly = await this.repository.find(id);
    if (!anomaly) throw AppError.notFound('ANOMALY', 'anomaly', id);
    return anomaly;
  }

  /** Anomalies that reach into a window, the newest first. */
  findIn(filter: AnomalyFilter, limit: number): Promise<Anomaly[]> {
    return this.repository.findPage(filter, limit - 1);
  }

  /** All open anomalies, the newest first. */
  findOpen(): Promise<Anomaly[]> {
    return this.repository.findOpen();
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
    return this.repository.findDisturbedSpans(detector, from, to);
  }

  async read(id: number): Promise<AnomalyDto> {
    return AnomalyDto.of(await this.require(id), await this.names());
  }

  async list(query: AnomalyListQuery): Promise<Page<AnomalyDto>> {
    const key = decodeCursor(query.cursor, ['number', 'number']) as [number, number] | undefined;
    const filter = await this.filterOf(query);
    const rows = await this.repository.findPage(
      filter,
      query.limit,
      key && { startedAt: key[0], id: key[1] },
    );
    const names = await this.names();
    return pageOf(
      rows,
      query.limit,
      (row) => [row.startedAt, row.id],
      (row) => AnomalyDto.of(row, names),
      query.total ? await this.repository.count(filter) : undefined,
    );
  }

  /**
   * Notes that somebody has seen to it. The first comment stays.
   * @throws AppError ANOMALY_NOT_FOUND, ANOMALY_ACKNOWLEDGED
   */
  async acknowledge(id: number, comment: string, principal: Principal): Promise<AnomalyDto> {
    await this.require(id);
    await this.database.transaction(async () => {
      const done = await this.repository.acknowledge(id, {
        acknowledgedAt: Date.now(),
        acknowledgedPlantAt: this.clock.now(),
        acknowledgedBy: principal.name,
        comment,
      });
      if (!done)
        throw AppError.conflict(
          'ANOMALY_ACKNOWLEDGED',
          `Somebody has acknowledged the anomaly ${id} already`,
        );
      const anomaly = await this.require(id);
      for (const listener of this.listeners) await listener(anomaly);
    });
    return this.read(id);
  }

  /** @param listener called with every anomaly that is acknowledged by itself, in the transaction that does */
  onAcknowledged(listener: (anomaly: Anomaly) => Promise<void>): void {
    this.listeners.push(listener);
  }

  /** How to call equipment and tags on the wire. */
  async names(): Promise<AnomalyNames> {
    const codes = new Map((await this.equipment.findAll()).map(({ id, code }) => [id, code]));
    const tags = await this.tags.all();
    return {
      eqId: (id) => codes.get(id) ?? null,
      tagName: (code) => tags.get(code)?.name ?? code,
    };
  }

  private async eventsOf(ids: readonly string[]): Promise<Map<string, EventContent>> {
    const rows = await this.repository.findAll(ids.map(Number));
    const anomalies = new Map(rows.map((row) => [String(row.id), row]));
    const names = await this.names();
    return new Map(
      ids.map((id): [string, EventContent] => {
        const row = anomalies.get(id);
        if (!row) return [id, { data: { anomaly_id: Number(id), deleted: true } }];
        const data = AnomalyDto.of(row, names);
        return [id, { data, scope: data.eq_id }];
      }),
    );
  }

  private async filterOf(query: AnomalyListQuery): Promise<AnomalyFilter> {
    const from = query.from === undefined ? undefined : this.clock.parseTime(query.from, 'from');
    const to = query.to === undefined ? undefined : this.clock.parseTime(query.to, 'to');
    if (from !== undefined && to !== undefined && from >= to)
      throw AppError.invalid('from', 'must be before to');
    return {
      detector: query.detector,
      equipmentId: query.eq_id === undefined ? undefined : (await this.equipment.require(query.eq_id)).id,
      lotId: query.lot_id,
      incidentId: query.incident_id,
      state: query.state,
      severities: query.min_severity && SEVERITIES.slice(SEVERITIES.indexOf(query.min_severity)),
      acknowledged: query.acknowledged,
      from,
      to,
    };
  }
}
