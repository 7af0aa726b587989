import { beforeEach, describe, expect, it } from '#jest';
import type { EquipmentService } from '#equipment';
import type { Incident, IncidentService } from '#incident';
import { type EventContent, type EventLog, Metrics, type Principal, type ProcessClock } from '#platform';
import { LimitStates, type TagDirectory } from '#timeseries';
import { AlarmsInMemory } from '../../test/factories/alarms-in-memory.fixture.js';
import { AlarmTransitions } from './alarm-transitions.service.js';
import { AlarmService } from './alarm.service.js';
import type { AlarmListQuery } from './dto/alarm-list.query.js';
import { IncidentAlarms } from './incident-alarms.service.js';
import { ShelfKeeper } from './shelf-keeper.service.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const iso = (ts: number): string => new Date(ts).toISOString();
const OPERATOR: Principal = { name: 'shift-lead', role: 'operator' };

describe('what people do about alarms', () => {
  let now: number;
  let alarms: AlarmsInMemory;
  let transitions: AlarmTransitions;
  let incidents: Map<number, Incident>;
  let contents: (ids: readonly string[]) => Promise<Map<string, EventContent>>;
  let limitStates: LimitStates;
  let clock: ProcessClock;
  let incidentService: IncidentService;
  let service: AlarmService;

  const anIncident = (id: number, changes: Partial<Incident> = {}): Incident => {
    const incident = {
      id,
      state: 'open',
      severity: 'high',
      equipmentId: 5,
      startedAt: now - 9 * MINUTE,
      detectedAt: now - 8 * MINUTE,
      lastSignAt: now - 2 * MINUTE,
      endedAt: null,
      acknowledgedAt: null,
      acknowledgedPlantAt: null,
      acknowledgedBy: null,
      comment: null,
      ...changes,
    } as Incident;
    incidents.set(id, incident);
    return incident;
  };
  /** Event, cause, plant time in minutes before now, and who, of what stands in the journal since an entry. */
  const told = (since = 0): unknown[][] =>
    alarms.entries
      .slice(since)
      .map(({ alarmId, event, cause, plantAt, byWhom }) => [
        alarmId,
        event,
        cause,
        (now - plantAt) / MINUTE,
        byWhom,
      ]);

  beforeEach(() => {
    now = Date.UTC(2026, 2, 1, 12);
    [alarms, incidents, limitStates] = [new AlarmsInMemory(), new Map(), new LimitStates()];
    transitions = new AlarmTransitions(alarms.repository, alarms.journal);
    clock = { now: () => now, parseTime: (text: string) => Date.parse(text) } as unknown as ProcessClock;
    let listener: (incident: Incident) => Promise<void> = () => Promise.resolve();
    incidentService = {
      onAcknowledged: (each: typeof listener) => (listener = each),
      findOne: (id: number) => {
        const incident = incidents.get(id);
        return Promise.resolve(incident && { incident });
      },
      acknowledge: (id: number, comment: string, { name }: Principal) => {
        const incident = incidents.get(id);
        const said = { acknowledgedAt: 1, acknowledgedPlantAt: now, acknowledgedBy: name, comment };
        return listener(Object.assign(incident ?? anIncident(id), said));
      },
      findFollowed: ({
        newerThan,
        ids,
        detectedAfter,
      }: {
        newerThan: number;
        ids: number[];
        detectedAfter: number;
      }) =>
        Promise.resolve(
          [...incidents.values()].filter(
            ({ id, state, detectedAt }) =>
              state === 'open' || ids.includes(id) || (id > newerThan && detectedAt > detectedAfter),
          ),
        ),
    } as unknown as IncidentService;
    const tag = { id: 7, code: 'XMEAS_07', name: 'Pressure', nameKo: null, unit: 'kPa' };
    service = new AlarmService(
      alarms.database,
      alarms.repository,
      transitions,
      incidentService,
      {
        findAll: () => Promise.resolve([{ id: 5, code: 'REACTOR' }]),
        require: () => Promise.resolve({ id: 5 }),
      } as unknown as EquipmentService,
      { all: () => Promise.resolve(new Map([[tag.code, tag]])) } as unknown as TagDirectory,
      limitStates,
      clock,
      new Metrics(),
      { register: (event: { contents: typeof contents }) => ({ contents } = event) } as unknown as EventLog,
    );
    service.onModuleInit();
    // both limits of a pressure, the inner one beyond its limit and not acknowledged
    const ofTag = { tagId: 7, equipmentId: 5, priority: 'high' } as const;
    alarms.add({ ...ofTag, limitName: 'HH' });
    alarms.add({
      ...ofTag,
      limitName: 'H',
      active: true,
      activeSince: now - 5 * MINUTE,
      changedAt: now - 5 * MINUTE,
      unacknowledged: true,
      value: 90.1234567,
      limitValue: 90,
    });
  });

  it('is to acknowledge them, once', async () => {
    expect(await service.acknowledge(2, 'seen', OPERATOR)).toMatchObject({
      alarm_id: 2,
      state: 'acknowledged',
      tag: 'XMEAS_07',
      limit: 'H',
      eq_id: 'REACTOR',
      unit: 'kPa',
      value: 90.1235,
      active_since: iso(now - 5 * MINUTE),
      changed_at: iso(now),
      acknowledgement: { by: 'shift-lead', comment: 'seen', plant_at: iso(now) },
      shelved: null,
    });
    expect(told()).toEqual([[2, 'acknowledged', 'person', 0, 'shift-lead']]);
    await expect(service.acknowledge(2, 'me too', OPERATOR)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'ALARM_ACKNOWLEDGED',
      message: expect.stringContaining('2'),
    });
    await expect(service.acknowledge(9, 'x', OPERATOR)).rejects.toMatchObject({ code: 'ALARM_NOT_FOUND' });
    expect(alarms.entries).toHaveLength(1);
  });

  it('is to acknowledge several, all or none, each once', async () => {
    await expect(service.acknowledgeAll([2, 9], 'x', OPERATOR)).rejects.toMatchObject({
      code: 'ALARM_NOT_FOUND',
    });
    expect(alarms.entries).toEqual([]);
    expect(await service.acknowledgeAll([1, 2, 2, 1], 'seen', OPERATOR)).toEqual({
      acknowledged: [2],
      unchanged: [1],
    });
    expect(told()).toEqual([[2, 'acknowledged', 'person', 0, 'shift-lead']]);
  });

  it('is to put them on a shelf, for a day at the most', async () => {
    for (const until of [now, now + DAY + 1])
      await expect(service.shelve(2, 'calibration', iso(until), OPERATOR)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        fields: [{ field: 'until', message: expect.stringContaining(iso(now)) }],
      });
    await service.shelve(2, 'calibration', iso(now + DAY), OPERATOR);
    const shelved = await service.shelve(2, 'longer than I thought', iso(now + 1), OPERATOR);
    expect(shelved).toMatchObject({
      state: 'shelved',
      active: true,
      acknowledged: false,
      shelved: { comment: 'longer than I thought', until: iso(now + 1) },
    });
    expect(alarms.entries.map(({ event, until, annunciated }) => [event, until, annunciated])).toEqual([
      ['shelved', now + DAY, false],
      ['shelved', now + 1, false],
    ]);
    const back = await service.unshelve(2, undefined, OPERATOR);
    expect(back).toMatchObject({ state: 'unacknowledged', shelved: null });
    await expect(service.unshelve(2, 'again', OPERATOR)).rejects.toMatchObject({ code: 'ALARM_NOT_SHELVED' });
  });

  it('ends when the shelf does, by the plant’s clock or by the wall’s', async () => {
    const keeper = new ShelfKeeper(alarms.database, alarms.leases, clock, alarms.repository, transitions);
    await service.shelve(1, 'a', iso(now + 10 * MINUTE), OPERATOR);
    await service.shelve(2, 'b', iso(now + 20 * MINUTE), OPERATOR);
    const before = alarms.transactions;
    now += 10 * MINUTE - 1;
    await keeper.endExpired();
    expect(alarms.transactions).toBe(before);
    now += 1;
    await keeper.endExpired();
    expect(told(2)).toEqual([[1, 'unshelved', 'expiry', 0, null]]);
    // its day by the wall is over, while the plant's clock stood still
    alarms.rows[1].shelvedUntilWall = Date.now();
    await keeper.endExpired();
    expect(told(3)).toEqual([[2, 'unshelved', 'expiry', 0, null]]);
    expect(alarms.rows.map(({ shelf, shelvedUntil }) => [shelf, shelvedUntil])).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  it('is to take them out of service and to put them back', async () => {
    const out = await service.takeOutOfService(2, 'broken', OPERATOR);
    expect(out).toMatchObject({
      state: 'out_of_service',
      out_of_service: { by: 'shift-lead', comment: 'broken' },
    });
    await expect(service.takeOutOfService(2, 'x', OPERATOR)).rejects.toMatchObject({
      code: 'ALARM_OUT_OF_SERVICE',
      message: expect.stringContaining('2'),
    });
    expect(await service.putBackInService(2, 'new', OPERATOR)).toMatchObject({
      state: 'unacknowledged',
      out_of_service: null,
    });
    await expect(service.putBackInService(2, 'x', OPERATOR)).rejects.toMatchObject({
      code: 'ALARM_IN_SERVICE',
      message: expect.stringContaining('2'),
    });
    await expect(service.takeOutOfService(9, 'x', OPERATOR)).rejects.toMatchObject({
      code: 'ALARM_NOT_FOUND',
    });
  });

  it('is to comment, which changes nothing', async () => {
    const rows = structuredClone(alarms.rows);
    await service.comment(2, 'range is 0 to 3 MPa', OPERATOR);
    expect(told()).toEqual([[2, 'commented', 'person', 0, 'shift-lead']]);
    expect(alarms.entries[0]).toMatchObject({ comment: 'range is 0 to 3 MPa', state: 'unacknowledged' });
    expect([alarms.rows, alarms.updated]).toEqual([rows, []]);
  });

  it('decides whether the lesser alarm of a tag is shown', async () => {
    const activate = { plantAt: now, cause: 'sample', value: 99, limitValue: 95 } as const;
    await transitions.apply([{ alarmId: 1, event: { type: 'activate' }, reason: activate }]);
    expect(told()).toEqual([
      [1, 'activated', 'sample', 0, null],
      [2, 'suppressed', 'graver_alarm', 0, null],
    ]);
    await service.shelve(1, 'known', iso(now + MINUTE), OPERATOR);
    await service.unshelve(1, 'back', OPERATOR);
    expect(told(2)).toEqual([
      [1, 'shelved', 'person', 0, 'shift-lead'],
      [2, 'unsuppressed', 'graver_alarm', 0, null],
      [1, 'unshelved', 'person', 0, 'shift-lead'],
      [2, 'suppressed', 'graver_alarm', 0, null],
    ]);
    // nothing new of what has been said
    await transitions.apply([{ alarmId: 1, event: { type: 'activate' }, reason: activate }]);
    expect(alarms.entries).toHaveLength(6);
    const back = { ...activate, plantAt: now + MINUTE, value: 80 };
    await transitions.apply([{ alarmId: 1, event: { type: 'return' }, reason: back }]);
    expect(alarms.entries.slice(6)).toMatchObject([
      { event: 'returned', since: now, value: 80, limitValue: 95, state: 'returned_unacknowledged' },
      { event: 'unsuppressed', alarmId: 2, annunciated: true },
    ]);
    expect(alarms.rows[0]).toMatchObject({
      active: false,
      activeSince: null,
      value: 80,
      changedAt: now + MINUTE,
    });
  });

  it('is to list them, in pages, by what they look for', async () => {
    const list = (query: Partial<AlarmListQuery>) => service.list({ limit: 1, ...query });
    const first = await list({ total: true });
    expect(first).toMatchObject({ items: [{ alarm_id: 2, tag: 'XMEAS_07' }], total: 2 });
    const second = await list({ cursor: first.next_cursor ?? '' });
    expect(second).toMatchObject({ items: [{ alarm_id: 1 }], next_cursor: null });
    expect(alarms.filters[1]).toEqual({});
    await list({
      min_priority: 'high',
      eq_id: 'REACTOR',
      tag: 'XMEAS_07',
      active: false,
      acknowledged: true,
    });
    await list({ kind: 'limit', state: 'shelved', acknowledged: false });
    expect(alarms.filters.slice(2)).toEqual([
      { priorities: ['high', 'critical'], equipmentId: 5, tagId: 7, active: false, unacknowledged: false },
      { kind: 'limit', state: 'shelved', unacknowledged: true },
    ]);
    await expect(list({ tag: 'NOTHING' })).rejects.toMatchObject({ code: 'TAG_NOT_FOUND' });
    await expect(list({ cursor: 'x' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('is told by events as the alarm is, below its unit', async () => {
    const told = await contents(['2', '99']);
    expect([...told]).toEqual([['2', { data: await service.read(2), scope: 'REACTOR' }]]);
  });

  describe('of incidents', () => {
    let follower: IncidentAlarms;

    beforeEach(() => {
      follower = new IncidentAlarms(
        alarms.database,
        alarms.leases,
        clock,
        incidentService,
        alarms.repository,
        transitions,
      );
    });

    const ofIncident = (id: number) => alarms.rows.find(({ incidentId }) => incidentId === id);

    it('follows from what becomes of these, and nothing is written while nothing does', async () => {
      const incident = anIncident(1);
      await follower.follow();
      expect(ofIncident(1)).toMatchObject({
        kind: 'incident',
        equipmentId: 5,
        priority: 'high',
        active: true,
        activeSince: incident.detectedAt,
        unacknowledged: true,
      });
      const { transactions } = alarms;
      await follower.follow();
      expect(alarms.transactions).toBe(transactions);
      incident.severity = 'critical';
      await follower.follow();
      expect(ofIncident(1)?.priority).toBe('critical');
      Object.assign(incident, { state: 'closed', endedAt: now - MINUTE });
      await follower.follow();
      expect(told()).toEqual([
        [3, 'activated', 'incident', 8, null],
        [3, 'returned', 'incident', 1, null],
      ]);
      // reopened by late samples
      Object.assign(incident, { state: 'open', endedAt: null, lastSignAt: now });
      await follower.follow();
      expect(told(2)).toEqual([[3, 'activated', 'incident', 0, null]]);
    });

    it('is over at once for one that was over before it was followed, unless that is a week ago', async () => {
      anIncident(1, { state: 'closed', endedAt: now - 3 * MINUTE });
      anIncident(2, { state: 'closed', detectedAt: now - 7 * DAY - 1, endedAt: now - 7 * DAY });
      anIncident(3, {
        state: 'closed',
        acknowledgedAt: 17,
        acknowledgedPlantAt: now - MINUTE,
        acknowledgedBy: 'x',
        comment: 'known',
      });
      await follower.follow();
      expect(told()).toEqual([
        [3, 'activated', 'incident', 8, null],
        [3, 'returned', 'incident', 3, null],
        [4, 'activated', 'incident', 8, null],
        // without an end it ended with the last sign
        [4, 'returned', 'incident', 2, null],
        [4, 'acknowledged', 'person', 1, 'x'],
      ]);
      expect(alarms.entries[4]).toMatchObject({ wallAt: 17, comment: 'known' });
      expect(ofIncident(2)).toBeUndefined();
      const { transactions } = alarms;
      await follower.follow();
      expect(alarms.transactions).toBe(transactions);
    });

    it('is withdrawn when late samples show that there was none', async () => {
      anIncident(1);
      anIncident(2);
      await follower.follow();
      incidents.delete(1);
      await follower.follow();
      expect(told(2)).toEqual([
        [3, 'returned', 'late_samples', 0, null],
        [3, 'acknowledged', 'late_samples', 0, null],
      ]);
      expect(ofIncident(1)).toMatchObject({ active: false, unacknowledged: false, acknowledgement: null });
      expect(ofIncident(2)?.active).toBe(true);
    });

    it('is acknowledged with them, by either door', async () => {
      anIncident(1);
      anIncident(2);
      await follower.follow();
      expect(await service.acknowledge(3, 'by the alarm', OPERATOR)).toMatchObject({ state: 'acknowledged' });
      expect(incidents.get(1)).toMatchObject({ acknowledgedBy: 'shift-lead', comment: 'by the alarm' });
      expect(incidents.get(2)?.acknowledgedAt).toBeNull();
      await incidentService.acknowledge(2, 'by the incident', OPERATOR);
      expect(ofIncident(2)?.acknowledgement).toEqual({
        by: 'shift-lead',
        comment: 'by the incident',
        plantAt: now,
        wallAt: 1,
      });
      // one that has no alarm yet, and one that is gone
      await incidentService.acknowledge(99, 'x', OPERATOR);
      incidents.delete(2);
      Object.assign(ofIncident(2) ?? {}, { unacknowledged: true });
      await service.acknowledge(4, 'gone', OPERATOR);
      expect(alarms.entries.filter(({ event }) => event === 'acknowledged')).toHaveLength(3);
      await follower.follow();
      expect(
        alarms.entries.filter(({ alarmId, event }) => alarmId === 3 && event === 'acknowledged'),
      ).toHaveLength(1);
    });
  });
});
