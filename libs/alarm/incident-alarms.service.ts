import { Injectable } from '@nestjs/common';
import { type Incident, IncidentService } from '#incident';
import { Database, Leases, ProcessClock } from '#platform';
import type { Alarm } from './alarm.entity.js';
import { AlarmRepository } from './alarm.repository.js';
import { ALARM_LEASE } from './alarm-status.service.js';
import { type AlarmChange, type AlarmReason, AlarmTransitions } from './alarm-transitions.service.js';

const FOLLOWED_AT_ONCE = 100;
/** Incidents that are longer over than this when alarms are first followed raise none. */
const REMEMBERED_MS = 7 * 24 * 3_600_000;

/**
 * Makes every incident an alarm: active while it is open, acknowledged with it. It follows from the rows of both, so that
 * nothing is lost, however late it is done.
 */
@Injectable()
export class IncidentAlarms {
  constructor(
    private readonly database: Database,
    private readonly leases: Leases,
    private readonly clock: ProcessClock,
    private readonly incidents: IncidentService,
    private readonly alarms: AlarmRepository,
    private readonly transitions: AlarmTransitions,
  ) {}

  async follow(): Promise<void> {
    const { incidents, alarms } = await this.read();
    if (!this.lags(incidents, alarms)) return;
    await this.database.transaction(async () => {
      await this.leases.assertHeld(ALARM_LEASE);
      await this.alarms.layDownIncidents(
        incidents.map(({ id, equipmentId, severity }) => ({
          incidentId: id,
          equipmentId,
          priority: severity,
        })),
      );
      const rows = await this.alarms.findOfIncidents(incidents.map(({ id }) => id));
      const changes = rows.flatMap((row) =>
        changesOf(
          row,
          incidents.find(({ id }) => id === row.incidentId),
        ),
      );
      const gone = alarms.filter(({ incidentId }) => !incidents.some(({ id }) => id === incidentId));
      await this.transitions.apply([...changes, ...gone.flatMap((row) => withdrawal(row, this.clock.now()))]);
    });
  }

  /** Incidents whose alarms may lag behind: those without one, the open ones, and those of alarms that are not settled. */
  private async read(): Promise<{ incidents: Incident[]; alarms: Alarm[] }> {
    const unsettled = await this.alarms.findUnsettledOfIncidents();
    const incidents = await this.incidents.findFollowed({
      newerThan: await this.alarms.newestIncident(),
      detectedAfter: this.clock.now() - REMEMBERED_MS,
      ids: unsettled.flatMap(({ incidentId }) => incidentId ?? []),
      limit: FOLLOWED_AT_ONCE,
    });
    const settled = await this.alarms.findOfIncidents(incidents.map(({ id }) => id));
    const alarms = new Map([...unsettled, ...settled].map((row) => [row.id, row]));
    return { incidents, alarms: [...alarms.values()] };
  }

  private lags(incidents: readonly Incident[], alarms: readonly Alarm[]): boolean {
    const byIncident = new Map(alarms.map((row) => [row.incidentId, row]));
    const byId = new Map(incidents.map((incident) => [incident.id, incident]));
    const isBehind = incidents.some((incident) => {
      const row = byIncident.get(incident.id);
      return !row || row.priority !== incident.severity || changesOf(row, incident).length > 0;
    });
    return isBehind || alarms.some(({ incidentId }) => !byId.has(incidentId ?? 0));
  }
}

function changesOf(row: Alarm, incident: Incident | undefined): AlarmChange[] {
  if (!incident) return [];
  const { state, detectedAt, endedAt, lastSignAt, acknowledgedAt } = incident;
  const isNew = row.changedAt === 0;
  const isOpen = state === 'open';
  const changes: AlarmChange[] = [];
  const add = (type: 'activate' | 'return' | 'acknowledge', reason: AlarmReason): void =>
    void changes.push({ alarmId: row.id, event: { type }, reason });
  if (isNew || (isOpen && !row.active))
    add('activate', { plantAt: isNew ? detectedAt : lastSignAt, cause: 'incident' });
  if (!isOpen && (isNew || row.active)) add('return', { plantAt: endedAt ?? lastSignAt, cause: 'incident' });
  const needsNobody =
    !isNew && !row.unacknowledged && !changes.some(({ event }) => event.type === 'activate');
  if (acknowledgedAt !== null && !needsNobody) add('acknowledge', acknowledgementOf(incident));
  return changes;
}

/** Why the alarm of an incident that somebody has acknowledged is acknowledged. */
export function acknowledgementOf(incident: Incident): AlarmReason {
  const { acknowledgedAt, acknowledgedPlantAt, acknowledgedBy, comment, detectedAt } = incident;
  return {
    plantAt: acknowledgedPlantAt ?? detectedAt,
    wallAt: acknowledgedAt ?? undefined,
    cause: 'person',
    by: acknowledgedBy ?? '',
    comment: comment ?? '',
  };
}

/** Late samples have shown that there was no incident: there is nothing to see to. */
function withdrawal({ id: alarmId }: Alarm, plantAt: number): AlarmChange[] {
  return (['return', 'acknowledge'] as const).map((type) => ({
    alarmId,
    event: { type },
    reason: { plantAt, cause: 'late_samples' },
  }));
}
