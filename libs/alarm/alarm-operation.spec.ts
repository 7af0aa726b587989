import { afterAll, beforeAll, beforeEach, describe, expect, it } from '#jest';
import type { EquipmentService } from '#equipment';
import type { Incident, IncidentService } from '#incident';
import { type EventContent, type EventLog, Metrics, type Principal, type ProcessClock } from '#platform';
import { LimitStates, type TagDirectory } from '#timeseries';
import { AlarmStore } from '../../test/factories/alarm-store.fixture.js';
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
  let store: AlarmStore;
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
  const journal = async (since = 0): Promise<unknown[][]> =>
    (await store.entries())
      .slice(since)
      .map(({ alarmId, event, cause, plantAt, byWhom }) => [
        alarmId,
        event,
        cause,
        (now - plantAt) / MINUTE,
        byWhom,
      ]);

  beforeAll(async () => void (store = await AlarmStore.open()));
  afterAll(() => store.close());

  beforeEach(async () => {
    await store.clear();
    now = Date.UTC(2026, 2, 1, 12);
    [incidents, limitStates] = [new Map(), new LimitStates()];
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
      store.database,
      store.alarms,
      store.transitions,
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
    await store.add(7, 'HH', { priority: 'high' });
    await store.add(7, 'H', {
      priority: 'high',
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
    expect(await journal()).toEqual([[2, 'acknowledged', 'person', 0, 'shift-lead']]);
    await expect(service.acknowledge(2, 'me too', OPERATOR)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'ALARM_ACKNOWLEDGED',
      message: expect.stringContaining('2'),
    });
    await expect(service.acknowledge(9, 'x', OPERATOR)).rejects.toMatchObject({ code: 'ALARM_NOT_FOUND' });
    expect(await store.entries()).toHaveLength(1);
  });

  it('is to acknowledge several, all or none, each once', async () => {
    await expect(service.acknowledgeAll([2, 9], 'x', OPERATOR)).rejects.toMatchObject({
      code: 'ALARM_NOT_FOUND',
    });
    expect(await store.entries()).toEqual([]);
    expect(await service.acknowledgeAll([1, 2, 2, 1], 'seen', OPERATOR)).toEqual({
      acknowledged: [2],
      unchanged: [1],
    });
    expect(await journal()).toEqual([[2, 'acknowledged', 'person', 0, 'shift-lead']]);
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
    expect(
      (await store.entries()).map(({ event, until, annunciated }) => [event, until, annunciated]),
    ).toEqual([
      ['shelved', now + DAY, false],
      ['shelved', now + 1, false],
    ]);
    const back = await service.unshelve(2, undefined, OPERATOR);
    expect(back).toMatchObject({ state: 'unacknowledged', shelved: null });
    await expect(service.unshelve(2, 'again', OPERATOR)).rejects.toMatchObject({ code: 'ALARM_NOT_SHELVED' });
  });

  it('ends when the shelf does, by the plant’s clock or by the wall’s', async () => {
    const keeper = new ShelfKeeper(store.database, store.leases, clock, store.alarms, store.transitions);
    await service.shelve(1, 'a', iso(now + 10 * MINUTE), OPERATOR);
    await service.shelve(2, 'b', iso(now + 20 * MINUTE), OPERATOR);
    const before = await store.writes();
    now += 10 * MINUTE - 1;
    await keeper.endExpired();
    expect(await store.writes()).toBe(before);
    now += 1;
    await keeper.endExpired();
    expect(await journal(2)).toEqual([[1, 'unshelved', 'expiry', 0, null]]);
    // its day by the wall is over, while the plant's clock stood still
    await store.change((await store.rows())[1], { shelvedUntilWall: Date.now() });
    await keeper.endExpired();
    expect(await journal(3)).toEqual([[2, 'unshelved', 'expiry', 0, null]]);
    expect((await store.rows()).map(({ shelf, shelvedUntil }) => [shelf, shelvedUntil])).toEqual([
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
    const rows = await store.rows();
    await service.comment(2, 'range is 0 to 3 MPa', OPERATOR);
    expect(await journal()).toEqual([[2, 'commented', 'person', 0, 'shift-lead']]);
    expect((await store.entries())[0]).toMatchObject({
      comment: 'range is 0 to 3 MPa',
      state: 'unacknowledged',
    });
    expect([await store.rows(), store.published]).toEqual([rows, []]);
  });

  it('decides whether the lesser alarm of a tag is shown', async () => {
    const activate = { plantAt: now, cause: 'sample', value: 99, limitValue: 95 } as const;
    await store.transitions.apply([{ alarmId: 1, event: { type: 'activate' }, reason: activate }]);
    expect(await journal()).toEqual([
      [1, 'activated', 'sample', 0, null],
      [2, 'suppressed', 'graver_alarm', 0, null],
    ]);
    await service.shelve(1, 'known', iso(now + MINUTE), OPERATOR);
    await service.unshelve(1, 'back', OPERATOR);
    expect(await journal(2)).toEqual([
      [1, 'shelved', 'person', 0, 'shift-lead'],
      [2, 'unsuppressed', 'graver_alarm', 0, null],
      [1, 'unshelved', 'person', 0, 'shift-lead'],
      [2, 'suppressed', 'graver_alarm', 0, null],
    ]);
    // nothing new of what has been said
    await store.transitions.apply([{ alarmId: 1, event: { type: 'activate' }, reason: activate }]);
    expect(await store.entries()).toHaveLength(6);
    const back = { ...activate, plantAt: now + MINUTE, value: 80 };
    await store.transitions.apply([{ alarmId: 1, event: { type: 'return' }, reason: back }]);
    expect((await store.entries()).slice(6)).toMatchObject([
      { event: 'returned', since: now, value: 80, limitValue: 95, state: 'returned_unacknowledged' },
      { event: 'unsuppressed', alarmId: 2, annunciated: true },
    ]);
    expect((await store.rows())[0]).toMatchObject({
      active: false,
      activeSince: null,
      value: 80,
      changedAt: now + MINUTE,
    });
  });

  it('is to list them, in pages, by what they look for', async () => {
    const list = (query: Partial<AlarmListQuery>) => service.list({ limit: 9, ...query });
    const listed = async (query: Partial<AlarmListQuery>): Promise<number[]> =>
      (await list(query)).items.map(({ alarm_id }) => alarm_id);
    // two of another tag that are over, the second on a shelf
    await store.add(8, 'H', { priority: 'critical', unacknowledged: true, changedAt: 2 });
    await store.add(8, 'L', { priority: 'low', shelvedUntil: now, shelvedUntilWall: now, changedAt: 1 });
    const first = await list({ limit: 2, total: true });
    expect(first).toMatchObject({ items: [{ alarm_id: 2, tag: 'XMEAS_07' }, { alarm_id: 3 }], total: 3 });
    const second = await list({ limit: 2, cursor: first.next_cursor ?? '' });
    expect(second).toMatchObject({ items: [{ alarm_id: 4 }], next_cursor: null });
    expect(await listed({})).toEqual([2, 3, 4]);
    expect(await listed({ min_priority: 'high' })).toEqual([2, 3]);
    expect(await listed({ min_priority: 'critical' })).toEqual([3]);
    expect(await listed({ tag: 'XMEAS_07' })).toEqual([2]);
    expect(await listed({ active: false })).toEqual([3, 4]);
    expect(await listed({ acknowledged: true })).toEqual([4]);
    expect(await listed({ acknowledged: false })).toEqual([2, 3]);
    expect(await listed({ kind: 'limit', state: 'shelved' })).toEqual([4]);
    expect(await listed({ kind: 'incident' })).toEqual([]);
    expect(await listed({ eq_id: 'REACTOR' })).toEqual([2, 3, 4]);
    await expect(list({ tag: 'NOTHING' })).rejects.toMatchObject({ code: 'TAG_NOT_FOUND' });
    await expect(list({ cursor: 'x' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('is published as the alarm is, below its unit', async () => {
    expect([...(await contents(['2', '99']))]).toEqual([
      ['2', { data: await service.read(2), scope: 'REACTOR' }],
    ]);
  });

  describe('of incidents', () => {
    let follower: IncidentAlarms;

    beforeEach(() => {
      follower = new IncidentAlarms(
        store.database,
        store.leases,
        clock,
        incidentService,
        store.alarms,
        store.transitions,
      );
    });

    const ofIncident = async (id: number) => (await store.rows()).find(({ incidentId }) => incidentId === id);

    it('follows from what becomes of these, and nothing is written while nothing does', async () => {
      const incident = anIncident(1);
      await follower.follow();
      expect(await ofIncident(1)).toMatchObject({
        kind: 'incident',
        equipmentId: 5,
        priority: 'high',
        active: true,
        activeSince: incident.detectedAt,
        unacknowledged: true,
      });
      const writes = await store.writes();
      await follower.follow();
      expect(await store.writes()).toBe(writes);
      incident.severity = 'critical';
      await follower.follow();
      expect((await ofIncident(1))?.priority).toBe('critical');
      Object.assign(incident, { state: 'closed', endedAt: now - MINUTE });
      await follower.follow();
      expect(await journal()).toEqual([
        [3, 'activated', 'incident', 8, null],
        [3, 'returned', 'incident', 1, null],
      ]);
      // reopened by late samples
      Object.assign(incident, { state: 'open', endedAt: null, lastSignAt: now });
      await follower.follow();
      expect(await journal(2)).toEqual([[3, 'activated', 'incident', 0, null]]);
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
      expect(await journal()).toEqual([
        [3, 'activated', 'incident', 8, null],
        [3, 'returned', 'incident', 3, null],
        [4, 'activated', 'incident', 8, null],
        // without an end it ended with the last sign
        [4, 'returned', 'incident', 2, null],
        [4, 'acknowledged', 'person', 1, 'x'],
      ]);
      expect((await store.entries())[4]).toMatchObject({ wallAt: 17, comment: 'known' });
      expect(await ofIncident(2)).toBeUndefined();
      const writes = await store.writes();
      await follower.follow();
      expect(await store.writes()).toBe(writes);
    });

    it('is withdrawn when late samples show that there was none', async () => {
      anIncident(1);
      anIncident(2);
      await follower.follow();
      incidents.delete(1);
      await follower.follow();
      expect(await journal(2)).toEqual([
        [3, 'returned', 'late_samples', 0, null],
        [3, 'acknowledged', 'late_samples', 0, null],
      ]);
      expect(await ofIncident(1)).toMatchObject({
        active: false,
        unacknowledged: false,
        acknowledgement: null,
      });
      expect((await ofIncident(2))?.active).toBe(true);
    });

    it('is acknowledged with them, by either door', async () => {
      anIncident(1);
      anIncident(2);
      await follower.follow();
      expect(await service.acknowledge(3, 'by the alarm', OPERATOR)).toMatchObject({ state: 'acknowledged' });
      expect(incidents.get(1)).toMatchObject({ acknowledgedBy: 'shift-lead', comment: 'by the alarm' });
      expect(incidents.get(2)?.acknowledgedAt).toBeNull();
      await incidentService.acknowledge(2, 'by the incident', OPERATOR);
      expect((await ofIncident(2))?.acknowledgement).toEqual({
        by: 'shift-lead',
        comment: 'by the incident',
        plantAt: now,
        wallAt: 1,
      });
      // one that has no alarm yet, and one that is gone
      await incidentService.acknowledge(99, 'x', OPERATOR);
      incidents.delete(2);
      await store.change((await store.rows())[3], { unacknowledged: true });
      await service.acknowledge(4, 'gone', OPERATOR);
      expect((await store.entries()).filter(({ event }) => event === 'acknowledged')).toHaveLength(3);
      await follower.follow();
      expect(
        (await store.entries()).filter(({ alarmId, event }) => alarmId === 3 && event === 'acknowledged'),
      ).toHaveLength(1);
    });
  });
});
