import { afterAll, beforeAll, beforeEach, describe, expect, it } from '#jest';
import type { Database, EventLog } from '#platform';
import type { AlarmLimit } from '#timeseries';
import { migratedDatabase } from '../../test/factories/migrated-database.fixture.js';
import { type AlarmCheckpoint, AlarmCheckpointRepository } from './alarm-checkpoint.repository.js';
import { AlarmEntry } from './alarm-entry.entity.js';
import { AlarmJournalRepository } from './alarm-journal.repository.js';
import { ALARM_STATES } from './alarm-machine.js';
import { entryOf, stateOf } from './alarm-transitions.service.js';
import { Alarm } from './alarm.entity.js';
import { AlarmRepository, type LimitAlarmRow } from './alarm.repository.js';

const HOUR = 3_600_000;
const BEGIN = Date.UTC(2026, 2, 1);

describe('what is stored of alarms', () => {
  let database: Database;
  let close: () => Promise<void>;
  let published: [string, string | number][];
  let alarms: AlarmRepository;
  let journal: AlarmJournalRepository;

  beforeAll(async () => {
    ({ database, close } = await migratedDatabase('sqlite::memory:', [Alarm, AlarmEntry]));
    // tags and equipment are other features'
    await database.query('PRAGMA foreign_keys = OFF');
  });
  afterAll(() => close());

  beforeEach(async () => {
    for (const table of ['alarm_journal', 'alarm', 'alarm_checkpoint'])
      await database.query(`DELETE FROM ${table}`);
    published = [];
    const append = (kind: string, id: string | number) => Promise.resolve(void published.push([kind, id]));
    alarms = new AlarmRepository(database, { append } as unknown as EventLog);
    journal = new AlarmJournalRepository(database);
  });

  const aLimit = (
    tagId: number,
    limitName: AlarmLimit,
    rest: Partial<LimitAlarmRow> = {},
  ): LimitAlarmRow => ({
    tagId,
    limitName,
    equipmentId: 5,
    priority: 'medium',
    ...rest,
  });
  /** The alarm of a limit, with what becomes of it. */
  const laid = async (tagId: number, limit: AlarmLimit, changes: Partial<Alarm> = {}): Promise<Alarm> => {
    await alarms.layDown([aLimit(tagId, limit)]);
    const found = (await alarms.findOfLimits()).find((row) => row.tagId === tagId && row.limitName === limit);
    if (!found) throw new Error(`There is no ${limit} of ${tagId}`);
    await alarms.update({ ...found, ...changes });
    published.length = 0;
    return { ...found, ...changes };
  };

  it('is an alarm for each limit, of which a new priority or unit is published, and nothing else', async () => {
    await alarms.layDown([aLimit(1, 'H'), aLimit(1, 'L'), aLimit(2, 'H')]);
    const rows = await alarms.findOfLimits();
    expect(rows).toMatchObject([
      {
        kind: 'limit',
        tagId: 1,
        limitName: 'H',
        equipmentId: 5,
        priority: 'medium',
        active: false,
        changedAt: 0,
      },
      { kind: 'limit', tagId: 1, limitName: 'L' },
      { kind: 'limit', tagId: 2, limitName: 'H' },
    ]);
    expect(published).toEqual([]);
    await alarms.layDown([
      aLimit(1, 'H'),
      aLimit(1, 'L', { priority: 'high' }),
      aLimit(2, 'H', { equipmentId: 6 }),
    ]);
    expect(
      (await alarms.findOfLimits()).map(({ id, priority, equipmentId }) => [id, priority, equipmentId]),
    ).toEqual([
      [rows[0].id, 'medium', 5],
      [rows[1].id, 'high', 5],
      [rows[2].id, 'medium', 6],
    ]);
    expect(published).toEqual([
      ['alarm', rows[1].id],
      ['alarm', rows[2].id],
    ]);
    await alarms.layDown([]);
    expect(await alarms.findOfLimits()).toHaveLength(3);
  });

  it('is an alarm for each incident, of which a new priority is published', async () => {
    await alarms.layDownIncidents([]);
    expect(await alarms.newestIncident()).toBe(0);
    const incident = { incidentId: 8, equipmentId: 5, priority: 'low' } as const;
    await alarms.layDownIncidents([incident, { incidentId: 9, equipmentId: null, priority: 'high' }]);
    await alarms.layDownIncidents([{ ...incident, priority: 'critical' }]);
    const rows = await alarms.findOfIncidents([8, 9]);
    expect(rows).toMatchObject([
      { kind: 'incident', incidentId: 8, equipmentId: 5, priority: 'critical', tagId: null },
      { kind: 'incident', incidentId: 9, equipmentId: null, priority: 'high' },
    ]);
    expect([published, await alarms.newestIncident()]).toEqual([[['alarm', rows[0].id]], 9]);
    expect(await alarms.findOfIncidents([])).toEqual([]);
    expect(await alarms.findUnsettledOfIncidents()).toEqual([]);
    for (const [i, rest] of [{ active: true }, { unacknowledged: true }].entries())
      await alarms.update({ ...rows[i], ...rest });
    expect((await alarms.findUnsettledOfIncidents()).map(({ incidentId }) => incidentId)).toEqual([8, 9]);
  });

  it('is found by its state, whatever hides another, and by the rest', async () => {
    const flags = [false, true];
    const shelf = { shelvedUntil: BEGIN, shelvedUntilWall: BEGIN };
    let tagId = 0;
    const all: Alarm[] = [];
    for (const active of flags)
      for (const unacknowledged of flags)
        for (const suppressed of flags)
          for (const outOfService of flags)
            for (const rest of [{}, shelf])
              all.push(
                await laid(++tagId, 'H', { active, unacknowledged, suppressed, outOfService, ...rest }),
              );
    const idsOf = (rows: readonly Alarm[]): number[] => rows.map(({ id }) => id).sort((a, b) => a - b);
    for (const state of ALARM_STATES) {
      const expected = idsOf(all.filter((alarm) => stateOf(alarm) === state));
      expect(idsOf(await alarms.findPage({ state }, 99))).toEqual(expected);
      expect(await alarms.count({ state })).toBe(expected.length);
    }
    const others = all.filter((alarm) => stateOf(alarm) !== 'normal');
    expect(idsOf(await alarms.findPage({}, 99))).toEqual(idsOf(others));
    for (const flag of flags) {
      expect(idsOf(await alarms.findPage({ active: flag }, 99))).toEqual(
        idsOf(others.filter(({ active }) => active === flag)),
      );
      expect(idsOf(await alarms.findPage({ unacknowledged: flag }, 99))).toEqual(
        idsOf(others.filter(({ unacknowledged }) => unacknowledged === flag)),
      );
    }
    // of 16 active ones 8 are out of service, 4 of the others suppressed, 2 of the rest on a shelf, one of two acknowledged
    expect(
      new Map(
        (await alarms.countActive()).map(({ priority, state, count }) => [`${priority} ${state}`, count]),
      ),
    ).toEqual(
      new Map([
        ['medium out_of_service', 8],
        ['medium suppressed_by_design', 4],
        ['medium shelved', 2],
        ['medium unacknowledged', 1],
        ['medium acknowledged', 1],
      ]),
    );
  });

  it('is found by kind, priority, unit and tag, in pages, the last to change first', async () => {
    for (const [tagId, changedAt] of [
      [1, 5],
      [2, 7],
      [3, 5],
    ] as const)
      await laid(tagId, 'H', { active: true, changedAt });
    await alarms.layDown([aLimit(1, 'H', { priority: 'high' }), aLimit(2, 'H', { equipmentId: 6 })]);
    await alarms.layDownIncidents([{ incidentId: 8, equipmentId: 5, priority: 'critical' }]);
    const [incident] = await alarms.findOfIncidents([8]);
    await alarms.update({ ...incident, active: true, changedAt: 6 });
    const tagsOf = async (filter: Parameters<AlarmRepository['findPage']>[0]) =>
      (await alarms.findPage(filter, 99)).map((row) => row.tagId);
    expect(await tagsOf({})).toEqual([2, null, 3, 1]);
    expect(await tagsOf({ kind: 'limit' })).toEqual([2, 3, 1]);
    expect(await tagsOf({ priorities: ['high', 'critical'] })).toEqual([null, 1]);
    expect(await tagsOf({ equipmentId: 5 })).toEqual([null, 3, 1]);
    expect(await tagsOf({ tagId: 3 })).toEqual([3]);
    const first = await alarms.findPage({ kind: 'limit' }, 1);
    expect(first.map((row) => row.tagId)).toEqual([2, 3]);
    const next = await alarms.findPage({ kind: 'limit' }, 9, first[1]);
    expect(next.map((row) => row.tagId)).toEqual([1]);
  });

  it('is who is active, since when, and whose shelf has run out', async () => {
    const high = await laid(1, 'H', {
      active: true,
      activeSince: BEGIN,
      shelvedUntil: 50,
      shelvedUntilWall: 90,
    });
    const higher = await laid(1, 'HH', {
      active: true,
      activeSince: BEGIN + 1,
      shelvedUntil: 60,
      shelvedUntilWall: 80,
    });
    await laid(2, 'L');
    expect(await alarms.findActiveLimits()).toEqual(new Map([[1, ['H', 'HH']]]));
    expect((await alarms.findActiveSince(BEGIN + 1)).map(({ id }) => id)).toEqual([high.id]);
    expect(await alarms.findExpired(49, 79)).toEqual([]);
    expect(await alarms.findExpired(50, 79)).toEqual([high.id]);
    expect(await alarms.findExpired(49, 80)).toEqual([higher.id]);
    expect(await alarms.findExpired(60, 0)).toEqual([high.id, higher.id]);
    expect(await alarms.find(high.id)).toMatchObject({ tagId: 1, limitName: 'H' });
    expect(await alarms.find(high.id + 99)).toBeNull();
    expect(await alarms.findAll([])).toEqual([]);
  });

  it('is changed together with the other limits of its tag, and never becomes another', async () => {
    const [high, higher, other] = [await laid(1, 'H'), await laid(1, 'HH'), await laid(2, 'H')];
    expect(await alarms.lock([])).toEqual([]);
    expect((await alarms.lock([high.id])).map(({ id }) => id)).toEqual([high.id, higher.id]);
    expect((await alarms.lock([other.id])).map(({ id }) => id)).toEqual([other.id]);
    await alarms.update({ ...high, tagId: 9, limitName: 'L', value: 7 });
    expect(await alarms.find(high.id)).toMatchObject({ tagId: 1, limitName: 'H', value: 7 });
    expect(published).toEqual([['alarm', high.id]]);
  });

  describe('in the journal', () => {
    const note = (
      alarm: Alarm,
      event: AlarmEntry['event'],
      plantAt: number,
      rest: Partial<AlarmEntry> = {},
    ) => ({
      ...entryOf(alarm, event, { plantAt, wallAt: 1, cause: 'sample' }),
      ...rest,
    });

    it('is every entry, many at once, and comes in pages, the newest first', async () => {
      const alarm = await laid(1, 'H');
      await journal.append(Array.from({ length: 401 }, (_, i) => note(alarm, 'commented', i)));
      expect(await journal.count({})).toBe(401);
      const first = await journal.findPage({}, 2);
      expect(first.map(({ plantAt }) => plantAt)).toEqual([400, 399, 398]);
      expect((await journal.findPage({}, 2, first[1].id)).map(({ plantAt }) => plantAt)).toEqual([
        398, 397, 396,
      ]);
    });

    it('is found by alarm, event and time', async () => {
      const [one, other] = [await laid(1, 'H'), await laid(2, 'H')];
      await journal.append([
        note(one, 'activated', 1),
        note(other, 'activated', 2),
        note(one, 'returned', 3),
      ]);
      const found = async (filter: Parameters<AlarmJournalRepository['findPage']>[0]) =>
        (await journal.findPage(filter, 9)).map(({ plantAt }) => plantAt);
      expect(await found({})).toEqual([3, 2, 1]);
      expect(await found({ alarmId: one.id })).toEqual([3, 1]);
      expect(await found({ event: 'activated' })).toEqual([2, 1]);
      expect(await found({ from: 2 })).toEqual([3, 2]);
      expect(await found({ to: 2 })).toEqual([1]);
    });

    it('is what stands of limit alarms: what was retracted never was', async () => {
      const [one, other] = [await laid(1, 'H'), await laid(2, 'H')];
      await alarms.layDownIncidents([{ incidentId: 8, equipmentId: 5, priority: 'low' }]);
      const [incident] = await alarms.findOfIncidents([8]);
      await journal.append([
        note(one, 'activated', 1),
        note(one, 'returned', 2),
        note(one, 'activated', 3),
        note(one, 'commented', 3),
        note(incident, 'activated', 3),
        note(other, 'activated', 4),
      ]);
      const conditions = async (after: number, to: number) =>
        (await journal.findConditions(after, to)).map(({ alarmId, event, plantAt }) => [
          alarmId,
          event,
          plantAt,
        ]);
      expect(await conditions(1, 3)).toEqual([
        [one.id, 'returned', 2],
        [one.id, 'activated', 3],
      ]);
      expect(await journal.findLastActivations([])).toEqual(new Map());
      expect(await journal.findLastActivations([one.id, other.id])).toEqual(
        new Map([
          [one.id, 3],
          [other.id, 4],
        ]),
      );
      const wrong = (await journal.findConditions(2, 3))[0];
      await journal.append([note(one, 'retracted', 3, { corrects: wrong.id })]);
      expect(await conditions(1, 3)).toEqual([[one.id, 'returned', 2]]);
      expect(await journal.findLastActivations([one.id])).toEqual(new Map([[one.id, 1]]));
    });

    it('is what the figures count: what was shown, and what lasted', async () => {
      const alarm = await laid(1, 'H');
      await journal.append([
        note(alarm, 'activated', 1),
        note(alarm, 'activated', 2, { annunciated: false }),
        note(alarm, 'activated', 4, { priority: 'high' }),
        note(alarm, 'activated', 3),
        note(alarm, 'activated', 5),
        note(alarm, 'returned', 20, { since: 10 }),
        note(alarm, 'returned', 40, { since: 25 }),
      ]);
      const shown: unknown[] = [];
      for await (const part of journal.activations(1, 5))
        shown.push(...part.map(({ at, priority }) => [at, priority]));
      expect(shown).toEqual([
        [1, 'medium'],
        [3, 'medium'],
        [4, 'high'],
      ]);
      const ended = async (from: number, to: number, longer: number) =>
        (await journal.findLongEnded(from, to, longer)).map(({ since, until }) => [since, until]);
      expect(await ended(20, 99, 9)).toEqual([
        [10, 20],
        [25, 40],
      ]);
      expect(await ended(21, 99, 9)).toEqual([[25, 40]]);
      expect(await ended(0, 25, 9)).toEqual([[10, 20]]);
      expect(await ended(0, 99, 10)).toEqual([[25, 40]]);
    });
  });

  describe('of how far the samples are evaluated', () => {
    let checkpoints: AlarmCheckpointRepository;
    const aCheckpoint = (positionTs: number, feedPosition = 1): AlarmCheckpoint => ({
      positionTs,
      feedPosition,
      snapshot: { tracker: {}, limits: [], horizonTs: positionTs, again: null },
    });
    const positions = async (): Promise<number[]> =>
      (
        await database.query<{ at: number }>(
          'SELECT position_ts AS at FROM alarm_checkpoint ORDER BY position_ts',
        )
      ).map(({ at }) => Number(at));

    beforeEach(() => void (checkpoints = new AlarmCheckpointRepository(database)));

    it('is where each stretch ended; the last word of a place counts', async () => {
      expect([await checkpoints.newest(), await checkpoints.oldestPosition()]).toEqual([
        undefined,
        undefined,
      ]);
      for (const at of [BEGIN, BEGIN + 1, BEGIN + 2]) await checkpoints.write(aCheckpoint(at));
      const again = { ...aCheckpoint(BEGIN + 2, 9).snapshot, again: { until: 5, alarmIds: [3] } };
      await checkpoints.write({ ...aCheckpoint(BEGIN + 2, 9), snapshot: again });
      expect(await checkpoints.newest()).toEqual({ positionTs: BEGIN + 2, feedPosition: 9, snapshot: again });
      expect(await checkpoints.before(BEGIN + 2)).toEqual(aCheckpoint(BEGIN + 1));
      expect(await checkpoints.oldestPosition()).toBe(BEGIN);
      await checkpoints.deleteAfter(BEGIN + 1);
      expect(await positions()).toEqual([BEGIN, BEGIN + 1]);
    });

    it('is kept of the last twenty, and of a week the first of each hour', async () => {
      // three an hour for a week and two hours: 510
      const minutes = Array.from({ length: 170 * 3 }, (_, i) => BEGIN + i * 20 * 60_000);
      for (const at of minutes) await checkpoints.write(aCheckpoint(at));
      const last = minutes[minutes.length - 1];
      await checkpoints.prune(last);
      const recent = minutes.slice(-20);
      const weekAgo = last - 168 * HOUR;
      const hourly = minutes.filter((at) => at % HOUR === 0 && at >= weekAgo && at < recent[0]);
      expect(await positions()).toEqual([...hourly, ...recent]);
    });

    it('is kept whole while it is no more than twenty', async () => {
      const twenty = Array.from({ length: 20 }, (_, i) => BEGIN + i);
      for (const at of twenty.slice(0, 19)) await checkpoints.write(aCheckpoint(at));
      await checkpoints.prune(BEGIN + 19);
      await checkpoints.write(aCheckpoint(twenty[19]));
      await checkpoints.prune(BEGIN + 19);
      expect(await positions()).toEqual(twenty);
    });
  });
});
