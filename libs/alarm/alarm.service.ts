import { ALARM_PRIORITIES, EquipmentService } from '#equipment';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Incident, IncidentService } from '#incident';
import {
  AppError,
  Database,
  decodeCursor,
  type EventContent,
  EventLog,
  isoTime,
  Metrics,
  type Page,
  pageOf,
  type Principal,
  ProcessClock,
} from '#platform';
import { LimitStates, TagDirectory } from '#timeseries';
import type { Alarm } from './alarm.entity.js';
import { LONGEST_SHELF_MS } from './alarm-machine.js';
import { ALARM_EVENTS, type AlarmFilter, AlarmRepository } from './alarm.repository.js';
import { type AlarmReason, AlarmTransitions } from './alarm-transitions.service.js';
import type { AlarmListQuery } from './dto/alarm-list.query.js';
import { AlarmDto, type AlarmNames, AlarmsAcknowledgedDto } from './dto/alarm.dto.js';
import { acknowledgementOf } from './incident-alarms.service.js';

/** What people see of alarms, and what they do about them. */
@Injectable()
export class AlarmService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly alarms: AlarmRepository,
    private readonly transitions: AlarmTransitions,
    private readonly incidents: IncidentService,
    private readonly equipment: EquipmentService,
    private readonly tags: TagDirectory,
    private readonly limitStates: LimitStates,
    private readonly clock: ProcessClock,
    private readonly metrics: Metrics,
    events: EventLog,
  ) {
    events.register({ name: ALARM_EVENTS, topic: 'alarms', contents: (ids) => this.eventsOf(ids) });
  }

  onModuleInit(): void {
    this.limitStates.readFrom(() => this.alarms.findActiveLimits());
    this.incidents.onAcknowledged((incident) => this.followIncident(incident));
    this.metrics.gauge(
      'alarms_active',
      'Active alarms by priority and state',
      ['priority', 'state'],
      async (gauge) => {
        gauge.reset();
        for (const { priority, state, count } of await this.alarms.countActive())
          gauge.set({ priority, state }, count);
      },
    );
  }

  async list(query: AlarmListQuery): Promise<Page<AlarmDto>> {
    const key = decodeCursor(query.cursor, ['number', 'number']) as [number, number] | undefined;
    const filter = await this.filterOf(query);
    const after = key && { changedAt: key[0], id: key[1] };
    const rows = await this.alarms.findPage(filter, query.limit, after);
    const names = await this.names();
    return pageOf(
      rows,
      query.limit,
      ({ changedAt, id }) => [changedAt, id],
      (row) => AlarmDto.of(row, names),
      query.total ? await this.alarms.count(filter) : undefined,
    );
  }

  /** @throws AppError ALARM_NOT_FOUND */
  async read(id: number): Promise<AlarmDto> {
    return AlarmDto.of(await this.require(id), await this.names());
  }

  /**
   * Notes that somebody has seen to it; of the alarm of an incident, to the incident and its anomalies.
   * @throws AppError ALARM_NOT_FOUND, ALARM_ACKNOWLEDGED
   */
  async acknowledge(id: number, comment: string, principal: Principal): Promise<AlarmDto> {
    const { acknowledged } = await this.acknowledgeAll([id], comment, principal);
    if (acknowledged.length === 0)
      throw AppError.conflict('ALARM_ACKNOWLEDGED', `There is nothing to acknowledge of the alarm ${id}`);
    return this.read(id);
  }

  /**
   * Acknowledges what there is to acknowledge of some alarms, all of them or none.
   * @throws AppError ALARM_NOT_FOUND
   */
  async acknowledgeAll(
    ids: readonly number[],
    comment: string,
    principal: Principal,
  ): Promise<AlarmsAcknowledgedDto> {
    const acknowledged: number[] = [];
    await this.database.transaction(async () => {
      acknowledged.length = 0;
      for (const alarm of await this.requireAll(ids)) {
        if (alarm.unacknowledged) acknowledged.push(alarm.id);
        const isOpenToIncident = alarm.unacknowledged && alarm.incidentId !== null;
        if (isOpenToIncident) await this.acknowledgeIncident(alarm.incidentId ?? 0, comment, principal);
      }
      const reason = this.reasonOf(principal, comment);
      await this.transitions.apply(
        acknowledged.map((alarmId) => ({ alarmId, event: { type: 'acknowledge' }, reason })),
      );
    });
    const others = [...new Set(ids)].filter((id) => !acknowledged.includes(id));
    return { acknowledged, unchanged: others };
  }

  /**
   * Puts an alarm aside until a plant time; on a shelf already, it stays there until then.
   * @throws AppError ALARM_NOT_FOUND, VALIDATION_FAILED
   */
  async shelve(id: number, reason: string, until: string, principal: Principal): Promise<AlarmDto> {
    const plantAt = this.clock.now();
    const ends = this.clock.parseTime(until, 'until');
    const latest = plantAt + LONGEST_SHELF_MS;
    if (ends <= plantAt || ends > latest)
      throw AppError.invalid(
        'until',
        `must be after ${isoTime(plantAt)} and at most ${isoTime(latest)}, plant time`,
      );
    const shelf = { until: ends, untilWall: Date.now() + LONGEST_SHELF_MS };
    await this.change(id, { type: 'shelve', shelf }, this.reasonOf(principal, reason));
    return this.read(id);
  }

  /** @throws AppError ALARM_NOT_FOUND, ALARM_NOT_SHELVED */
  async unshelve(id: number, comment: string | undefined, principal: Principal): Promise<AlarmDto> {
    if (!(await this.change(id, { type: 'unshelve' }, this.reasonOf(principal, comment))))
      throw AppError.conflict('ALARM_NOT_SHELVED', `The alarm ${id} is on no shelf`);
    return this.read(id);
  }

  /** @throws AppError ALARM_NOT_FOUND, ALARM_OUT_OF_SERVICE */
  async takeOutOfService(id: number, reason: string, principal: Principal): Promise<AlarmDto> {
    if (!(await this.change(id, { type: 'take_out' }, this.reasonOf(principal, reason))))
      throw AppError.conflict('ALARM_OUT_OF_SERVICE', `The alarm ${id} is out of service already`);
    return this.read(id);
  }

  /** @throws AppError ALARM_NOT_FOUND, ALARM_IN_SERVICE */
  async putBackInService(id: number, comment: string | undefined, principal: Principal): Promise<AlarmDto> {
    if (!(await this.change(id, { type: 'put_back' }, this.reasonOf(principal, comment))))
      throw AppError.conflict('ALARM_IN_SERVICE', `The alarm ${id} is in service`);
    return this.read(id);
  }

  /** @throws AppError ALARM_NOT_FOUND */
  async comment(id: number, comment: string, principal: Principal): Promise<AlarmDto> {
    await this.transitions.comment(await this.require(id), this.reasonOf(principal, comment));
    return this.read(id);
  }

  /** How to call tags and equipment on the wire. */
  async names(): Promise<AlarmNames> {
    const units = new Map((await this.equipment.findAll()).map(({ id, code }) => [id, code]));
    const tags = new Map([...(await this.tags.all()).values()].map((tag) => [tag.id, tag]));
    return { eqId: (id) => units.get(id) ?? null, tag: (id) => tags.get(id) };
  }

  private async eventsOf(ids: readonly string[]): Promise<Map<string, EventContent>> {
    const names = await this.names();
    const alarms = (await this.alarms.findAll(ids.map(Number))).map((alarm) => AlarmDto.of(alarm, names));
    return new Map(alarms.map((data) => [String(data.alarm_id), { data, scope: data.eq_id }]));
  }

  /** Who acknowledges an incident has acknowledged its alarm. */
  private async followIncident(incident: Incident): Promise<void> {
    const [alarm] = await this.alarms.findOfIncidents([incident.id]);
    if (!alarm) return;
    await this.transitions.apply([
      { alarmId: alarm.id, event: { type: 'acknowledge' }, reason: acknowledgementOf(incident) },
    ]);
  }

  /** Unless it is gone, or somebody has done so. */
  private async acknowledgeIncident(id: number, comment: string, principal: Principal): Promise<void> {
    const found = await this.incidents.findOne(id);
    if (found?.incident.acknowledgedAt === null) await this.incidents.acknowledge(id, comment, principal);
  }

  /** @returns whether it changed anything */
  private async change(
    id: number,
    event: Parameters<AlarmTransitions['apply']>[0][number]['event'],
    reason: AlarmReason,
  ): Promise<boolean> {
    await this.require(id);
    const changed = await this.database.transaction(() =>
      this.transitions.apply([{ alarmId: id, event, reason }]),
    );
    return changed.has(id);
  }

  private reasonOf({ name }: Principal, comment: string | undefined): AlarmReason {
    return { plantAt: this.clock.now(), wallAt: Date.now(), cause: 'person', by: name, comment };
  }

  private async require(id: number): Promise<Alarm> {
    const [alarm] = await this.requireAll([id]);
    return alarm;
  }

  private async requireAll(ids: readonly number[]): Promise<Alarm[]> {
    const rows = await this.alarms.findAll([...new Set(ids)]);
    const missing = ids.find((id) => !rows.some((row) => row.id === id));
    if (missing !== undefined) throw AppError.notFound('ALARM', 'alarm', missing);
    return rows;
  }

  private async filterOf(query: AlarmListQuery): Promise<AlarmFilter> {
    const { kind, state, min_priority, eq_id, tag, active, acknowledged } = query;
    const known = tag === undefined ? undefined : (await this.tags.all()).get(tag);
    if (tag !== undefined && !known) throw AppError.notFound('TAG', 'tag', tag);
    return {
      kind,
      state,
      priorities: min_priority && ALARM_PRIORITIES.slice(ALARM_PRIORITIES.indexOf(min_priority)),
      equipmentId: eq_id === undefined ? undefined : (await this.equipment.require(eq_id)).id,
      tagId: known?.id,
      active,
      unacknowledged: acknowledged === undefined ? undefined : !acknowledged,
    };
  }
}
