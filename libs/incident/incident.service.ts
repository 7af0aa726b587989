import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  acknowledgementOf,
  type Anomaly,
  AnomalyDto,
  AnomalyService,
  IncidentAnomalies,
  SEVERITIES,
} from '#anomaly';
import { EquipmentService } from '#equipment';
import {
  AppError,
  Database,
  decodeCursor,
  type EventContent,
  EventLog,
  Metrics,
  type Page,
  pageOf,
  type Principal,
  ProcessClock,
} from '#platform';
import type { IncidentListQuery } from './dto/incident-list.query.js';
import type { DiagnosedIncident } from './diagnosed-incident.js';
import { IncidentDetailDto, IncidentDto } from './dto/incident.dto.js';
import type { Incident } from './incident.entity.js';
import { IncidentDiagnosisRepository } from './incident-diagnosis.repository.js';
import {
  type FollowedIncidents,
  INCIDENT_EVENTS,
  type IncidentFilter,
  IncidentRepository,
} from './incident.repository.js';

/** Of an incident with more anomalies only their count is shown. */
const LISTED_ANOMALIES = 200;

@Injectable()
export class IncidentService implements OnModuleInit {
  private readonly listeners: ((incident: Incident) => Promise<void>)[] = [];

  constructor(
    private readonly database: Database,
    private readonly repository: IncidentRepository,
    private readonly diagnoses: IncidentDiagnosisRepository,
    private readonly parts: IncidentAnomalies,
    private readonly anomalies: AnomalyService,
    private readonly equipment: EquipmentService,
    private readonly clock: ProcessClock,
    private readonly metrics: Metrics,
    events: EventLog,
  ) {
    events.register({ name: INCIDENT_EVENTS, topic: 'incidents', contents: (ids) => this.eventsOf(ids) });
  }

  onModuleInit(): void {
    this.anomalies.onAcknowledged((anomaly) => this.followAcknowledgement(anomaly));
    this.metrics.gauge('incidents_open', 'Open incidents', [], async (gauge) => {
      gauge.set(await this.repository.countOpen());
    });
  }

  /** Incidents that reach into a window, the newest first, each with its newest diagnosis. */
  async findIn(filter: IncidentFilter, limit: number): Promise<DiagnosedIncident[]> {
    return this.diagnosed(await this.repository.findPage(filter, limit - 1));
  }

  /** An incident with its newest diagnosis; undefined when there is none of that number. */
  async findOne(id: number): Promise<DiagnosedIncident | undefined> {
    const incident = await this.repository.find(id);
    return incident ? (await this.diagnosed([incident])).at(0) : undefined;
  }

  /** Incidents that somebody who follows them may not know as they are: open ones, those of `ids`, and new ones in order. */
  findFollowed(request: FollowedIncidents): Promise<Incident[]> {
    return this.repository.findFollowed(request);
  }

  /** @param listener called with every incident that is acknowledged, in the transaction that does */
  onAcknowledged(listener: (incident: Incident) => Promise<void>): void {
    this.listeners.push(listener);
  }

  async list(query: IncidentListQuery): Promise<Page<IncidentDto>> {
    const key = decodeCursor(query.cursor, ['number', 'number']) as [number, number] | undefined;
    const filter = await this.filterOf(query);
    const rows = await this.repository.findPage(
      filter,
      query.limit,
      key && { startedAt: key[0], id: key[1] },
    );
    const names = await this.anomalies.names();
    return pageOf(
      await this.diagnosed(rows),
      query.limit,
      ({ incident }) => [incident.startedAt, incident.id],
      (each) => IncidentDto.of(each, names),
      query.total ? await this.repository.count(filter) : undefined,
    );
  }

  /** @throws AppError INCIDENT_NOT_FOUND */
  async read(id: number): Promise<IncidentDetailDto> {
    const [diagnosed] = await this.diagnosed([await this.require(id)]);
    const names = await this.anomalies.names();
    const anomalies = await this.anomalies.findIn({ incidentId: id }, LISTED_ANOMALIES);
    const made = (await this.diagnoses.findAnswered([id])).get(id) ?? [];
    return IncidentDetailDto.ofAll(
      diagnosed,
      made,
      anomalies.map((anomaly) => AnomalyDto.of(anomaly, names)),
      names,
    );
  }

  /**
   * Notes that somebody has seen to it, and with it to its anomalies, those to come among them. What has been said of an
   * anomaly by itself stays.
   * @throws AppError INCIDENT_NOT_FOUND, INCIDENT_ACKNOWLEDGED
   */
  async acknowledge(id: number, comment: string, principal: Principal): Promise<IncidentDetailDto> {
    await this.require(id);
    await this.database.transaction(async () => {
      const said = {
        acknowledgedAt: Date.now(),
        acknowledgedPlantAt: this.clock.now(),
        acknowledgedBy: principal.name,
        comment,
      };
      if (!(await this.repository.acknowledge(id, said)))
        throw AppError.conflict(
          'INCIDENT_ACKNOWLEDGED',
          `Somebody has acknowledged the incident ${id} already`,
        );
      await this.parts.acknowledge(id, said);
      await this.notifyListeners(id);
    });
    return this.read(id);
  }

  /** Who acknowledges the last anomaly of an incident has acknowledged the incident. */
  private async followAcknowledgement({ incidentId, ...anomaly }: Anomaly): Promise<void> {
    if (incidentId === null || (await this.repository.lockAcknowledgement(incidentId))) return;
    if (await this.parts.isUnacknowledged(incidentId)) return;
    await this.repository.acknowledge(incidentId, acknowledgementOf(anomaly));
    await this.notifyListeners(incidentId);
  }

  private async notifyListeners(id: number): Promise<void> {
    const incident = await this.require(id);
    for (const listener of this.listeners) await listener(incident);
  }

  private async eventsOf(ids: readonly string[]): Promise<Map<string, EventContent>> {
    const rows = await this.repository.findAll(ids.map(Number));
    const incidents = new Map(
      (await this.diagnosed(rows)).map((diagnosed) => [String(diagnosed.incident.id), diagnosed]),
    );
    const names = await this.anomalies.names();
    return new Map(
      ids.map((id): [string, EventContent] => {
        const diagnosed = incidents.get(id);
        if (!diagnosed) return [id, { data: { incident_id: Number(id), deleted: true } }];
        const data = IncidentDto.of(diagnosed, names);
        return [id, { data, scope: data.eq_id }];
      }),
    );
  }

  private async require(id: number): Promise<Incident> {
    const incident = await this.repository.find(id);
    if (!incident) throw AppError.notFound('INCIDENT', 'incident', id);
    return incident;
  }

  private async diagnosed(incidents: readonly Incident[]): Promise<DiagnosedIncident[]> {
    const ids = incidents.map(({ id }) => id);
    const made = await this.diagnoses.findAnswered(ids);
    const counts = await this.parts.count(ids);
    return incidents.map((incident) => ({
      incident,
      diagnosis: made.get(incident.id)?.findLast(({ refusal }) => refusal === null) ?? null,
      anomalyCount: counts.get(incident.id) ?? 0,
    }));
  }

  private async filterOf(query: IncidentListQuery): Promise<IncidentFilter> {
    const from = query.from === undefined ? undefined : this.clock.parseTime(query.from, 'from');
    const to = query.to === undefined ? undefined : this.clock.parseTime(query.to, 'to');
    if (from !== undefined && to !== undefined && from >= to)
      throw AppError.invalid('from', 'must be before to');
    return {
      equipmentId: query.eq_id === undefined ? undefined : (await this.equipment.require(query.eq_id)).id,
      lotId: query.lot_id,
      state: query.state,
      severities: query.min_severity && SEVERITIES.slice(SEVERITIES.indexOf(query.min_severity)),
      acknowledged: query.acknowledged,
      from,
      to,
    };
  }
}
