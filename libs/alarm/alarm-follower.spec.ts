import { afterAll, beforeAll, beforeEach, describe, expect, it } from '#jest';
import type { SensorTag } from '#equipment';
import { configureLogging, Metrics } from '#platform';
import type { SampleFeed, SeriesReader, TagDirectory } from '#timeseries';
import { AlarmStore } from '../../test/factories/alarm-store.fixture.js';
import { AlarmCorrections } from './alarm-corrections.service.js';
import { AlarmFollower } from './alarm-follower.service.js';

configureLogging('silent', 'test');

const MINUTE = 60_000;
const BEGIN = Date.UTC(2026, 2, 1);
const FEED_PAGE = 1_000;
/** More than any of these pasts takes: who needs more goes round in circles. */
const MOST_TURNS = 100;
const [PRESSURE, LEVEL, FLOW] = [1, 2, 3];
const at = (minute: number): number => BEGIN + minute * MINUTE;

/** A plant of three tags that is sampled, mostly, every minute, with whoever follows its alarms. */
class FollowedPlant {
  metrics = new Metrics();
  readonly tags = [aTag(PRESSURE, { limitH: 80, limitHh: 90 }), aTag(LEVEL, { limitL: 10 }), aTag(FLOW, {})];
  /** Values evaluated at once, and rows that were read. */
  readonly readings: number[] = [];
  private readonly samples = new Map<number, Map<number, number>>();
  private readonly writes: { position: number; fromTs: number; toTs: number; samples: number }[] = [];
  private forgottenWrites = 0;
  follower: AlarmFollower;

  constructor(private readonly store: AlarmStore) {
    this.follower = this.aFollower();
  }

  /** Stores values of a tag, one a minute, in one write; without a value there is no sample. */
  write(tagId: number, from: number, values: readonly (number | null)[], everyMin = 1): void {
    const own = this.samples.get(tagId) ?? new Map<number, number>();
    this.samples.set(tagId, own);
    for (const [i, value] of values.entries()) if (value !== null) own.set(at(from + i * everyMin), value);
    this.note(from, from + (values.length - 1) * everyMin);
  }

  note(from: number, to: number): void {
    this.writes.push({ position: this.writes.length + 1, fromTs: at(from), toTs: at(to), samples: 1 });
  }

  forgetWrites(): void {
    this.forgottenWrites = this.writes.length;
  }

  /** Evaluates all there is. @returns how many turns it took */
  async follow(): Promise<number> {
    for (let turns = 1; turns <= MOST_TURNS; turns++) if (!(await this.follower.followNext())) return turns;
    throw new Error(`There is still more to evaluate after ${MOST_TURNS} turns`);
  }

  /** Another process takes over. */
  async takeOver(): Promise<void> {
    this.metrics = new Metrics();
    this.follower = this.aFollower();
    await this.follower.open();
  }

  /** What stands of limit alarms: tag, limit, event and minute, in order of time. */
  async journal(): Promise<string[]> {
    const rows = new Map((await this.store.rows()).map((row) => [row.id, row]));
    return (await this.store.standing())
      .filter(({ event }) => event === 'activated' || event === 'returned')
      .map(({ alarmId, event, plantAt, since }) => {
        const { tagId, limitName } = rows.get(alarmId) ?? {};
        const begun = since === null ? '' : ` since ${(since - BEGIN) / MINUTE}`;
        return { plantAt, text: `${tagId} ${limitName} ${event} ${(plantAt - BEGIN) / MINUTE}${begun}` };
      })
      .sort((a, b) => a.plantAt - b.plantAt || a.text.localeCompare(b.text))
      .map(({ text }) => text);
  }

  private aFollower(): AlarmFollower {
    const { database, leases, checkpoints, alarms, journal, transitions } = this.store;
    return new AlarmFollower(
      database,
      leases,
      {
        entriesAfter: this.entriesAfter,
        position: () => Promise.resolve(this.writes.length),
      } as unknown as SampleFeed,
      { latest: this.latest, count: this.count, readMatrix: this.readMatrix } as unknown as SeriesReader,
      {
        all: () => Promise.resolve(new Map(this.tags.map((tag) => [tag.code, tag]))),
        forget: () => undefined,
      } as unknown as TagDirectory,
      checkpoints,
      alarms,
      new AlarmCorrections(alarms, journal),
      transitions,
      this.metrics,
    );
  }

  private readonly entriesAfter = (position: number, limit: number) => {
    const from = Math.max(position, this.forgottenWrites);
    const entries = this.writes.slice(from, from + limit);
    return Promise.resolve({ entries, position: from + entries.length, hasGap: from > position });
  };

  private readonly latest = (ids: readonly number[]) =>
    Promise.resolve(
      new Map(
        [...this.samples]
          .filter(([id, own]) => ids.includes(id) && own.size > 0)
          .map(([id, own]) => [id, { ts: Math.max(...own.keys()) }]),
      ),
    );

  private readonly count = (ids: readonly number[], from: number, to: number) => {
    let count = 0;
    for (const id of ids)
      for (const ts of this.samples.get(id)?.keys() ?? []) if (ts >= from && ts < to) count++;
    return Promise.resolve(count);
  };

  private readonly readMatrix = ({ tagIds, from, to }: { tagIds: number[]; from: number; to: number }) => {
    const columns = tagIds.map((id) => this.samples.get(id) ?? new Map<number, number>());
    const times = [...new Set(columns.flatMap((own) => [...own.keys()]))].filter(
      (ts) => ts >= from && ts < to,
    );
    times.sort((a, b) => a - b);
    this.readings.push(times.length);
    const values = times.flatMap((ts) => columns.map((own) => own.get(ts) ?? NaN));
    return Promise.resolve({ timestamps: Float64Array.from(times), values: Float64Array.from(values) });
  };
}

function aTag(id: number, limits: Partial<SensorTag>): SensorTag {
  const none = { limitLl: null, limitL: null, limitH: null, limitHh: null };
  const rest = { deadband: 0, onDelayMs: 0, offDelayMs: 0, equipmentId: 5, priority: 'medium' };
  return { id, code: `T${id}`, ...none, ...rest, ...limits } as SensorTag;
}

describe('the follower of limit alarms', () => {
  let store: AlarmStore;
  /** Of another plant, to compare with. */
  let otherStore: AlarmStore;
  let plant: FollowedPlant;

  beforeAll(async () => {
    [store, otherStore] = [await AlarmStore.open(), await AlarmStore.open()];
  });
  afterAll(async () => {
    await store.close();
    await otherStore.close();
  });
  beforeEach(async () => {
    await store.clear();
    plant = new FollowedPlant(store);
  });

  /** Forgets where the follower stood before a moment. */
  const forgetCheckpoints = (before: number): Promise<unknown> =>
    store.database.query('DELETE FROM alarm_checkpoint WHERE position_ts < ?', [before]);

  it('has nothing to do before there are samples', async () => {
    expect(await plant.follower.followNext()).toBe(false);
    expect([await store.checkpoints.newest(), await store.rows()]).toEqual([undefined, []]);
  });

  it('evaluates every sample, in order of time, against the limits of its tag', async () => {
    plant.write(PRESSURE, 0, [50, 85, 95, 85, 50]);
    plant.write(LEVEL, 0, [50, 50, 5, 5, 50]);
    plant.write(FLOW, 0, [1e9]);
    await plant.follow();
    expect(await plant.journal()).toEqual([
      '1 H activated 1',
      '1 HH activated 2',
      '2 L activated 2',
      '1 HH returned 3 since 2',
      '1 H returned 4 since 1',
      '2 L returned 4 since 2',
    ]);
    // a row for each limit there is, and none for a tag without
    expect(
      (await store.rows()).map(({ tagId, limitName, priority, equipmentId }) => [
        tagId,
        limitName,
        priority,
        equipmentId,
      ]),
    ).toEqual([
      [1, 'HH', 'medium', 5],
      [1, 'H', 'medium', 5],
      [2, 'L', 'medium', 5],
    ]);
    expect((await store.entries())[0]).toMatchObject({ cause: 'sample', value: 85, limitValue: 80 });
    expect(await store.checkpoints.newest()).toMatchObject({ positionTs: at(4), feedPosition: 3 });
  });

  it('goes on where it was, also in another process', async () => {
    plant.write(PRESSURE, 0, [50, 85]);
    await plant.follow();
    await plant.takeOver();
    plant.write(PRESSURE, 2, [85, 50]);
    await plant.follow();
    expect(await plant.journal()).toEqual(['1 H activated 1', '1 H returned 3 since 1']);
    expect((await store.entries()).filter(({ event }) => event === 'activated')).toHaveLength(1);
    const readings = plant.readings.length;
    expect(await plant.follower.followNext()).toBe(false);
    expect(plant.readings).toHaveLength(readings);
  });

  it('begins a week before the newest sample', async () => {
    plant.write(PRESSURE, -7 * 24 * 60, [85]);
    plant.write(PRESSURE, -7 * 24 * 60 + 1, [85, 50]);
    plant.write(PRESSURE, 0, [50]);
    await plant.follow();
    expect(await plant.journal()).toEqual(['1 H activated -10079', '1 H returned -10078 since -10079']);
  });

  it('passes over empty months in ever longer stretches', async () => {
    plant.write(PRESSURE, 0, [85]);
    await plant.follow();
    plant.write(PRESSURE, 400 * 24 * 60, [50]);
    // 1, 2, 4 … 512, 768 hours, and 768 at a time: 400 days are 9,600 hours
    expect(await plant.follow()).toBeLessThan(25);
    expect(await plant.journal()).toEqual(['1 H activated 0', '1 H returned 576000 since 0']);
  });

  it('evaluates a stretch of many samples in several turns', async () => {
    // 24,000 samples within 20 minutes
    const [count, late] = [24_000, 23_000];
    plant.write(
      PRESSURE,
      0,
      Array.from({ length: count }, (_, i) => (i === late ? 85 : 50)),
      1 / 1_200,
    );
    await plant.follow();
    expect(Math.max(...plant.readings)).toBeLessThanOrEqual(20_000);
    expect(plant.readings.reduce((sum, rows) => sum + rows, 0)).toBe(count);
    expect((await plant.journal()).map((text) => text.split(' ')[2])).toEqual(['activated', 'returned']);
  });

  it('looks for more behind as many writes as it looks at', async () => {
    plant.write(PRESSURE, 0, [50]);
    await plant.follow();
    for (let i = 0; i < FEED_PAGE + 1; i++) plant.note(0, 0);
    await forgetCheckpoints(at(0));
    expect(await plant.follow()).toBeGreaterThan(1);
    expect((await store.checkpoints.newest())?.feedPosition).toBe(FEED_PAGE + 2);
  });

  it('finds what was written while writes were forgotten', async () => {
    plant.write(PRESSURE, 0, [50]);
    await plant.follow();
    plant.write(PRESSURE, 1, [85]);
    plant.forgetWrites();
    await plant.follow();
    expect(await plant.journal()).toEqual(['1 H activated 1']);
  });

  it('renews the priority of alarms that are there', async () => {
    plant.write(PRESSURE, 0, [50]);
    await plant.follow();
    plant.tags[0].priority = 'critical';
    plant.write(PRESSURE, 1, [50]);
    await plant.follow();
    expect((await store.rows()).map(({ priority }) => priority)).toEqual(['critical', 'critical', 'medium']);
  });

  it('ends the alarm of a limit that is taken away, with the next sample', async () => {
    plant.write(PRESSURE, 0, [85]);
    await plant.follow();
    Object.assign(plant.tags[0], { limitH: null, limitHh: null });
    plant.write(PRESSURE, 1, [85]);
    await plant.follow();
    expect(await plant.journal()).toEqual(['1 H activated 0', '1 H returned 1 since 0']);
    expect((await store.entries()).at(-1)).toMatchObject({
      cause: 'settings',
      value: null,
      limitValue: null,
    });
  });

  describe('when samples come late', () => {
    const values = [50, 85, 95, 95, 85, 50, 50, 85, 50, 50];

    /** The pressure, minute by minute; the plant was evaluated after each. */
    const evaluateEachOf = async (some: readonly (number | null)[]): Promise<void> => {
      for (const [minute, value] of some.entries())
        if (value !== null) {
          plant.write(PRESSURE, minute, [value]);
          await plant.follow();
        }
    };
    const inOrder = async (some: readonly number[]): Promise<string[]> => {
      await otherStore.clear();
      const other = new FollowedPlant(otherStore);
      other.write(PRESSURE, 0, some);
      await other.follow();
      return other.journal();
    };

    it.each([
      ['before an alarm', 0],
      ['where an alarm began', 1],
      ['where a graver one began', 2],
      ['in the middle of one', 3],
      ['where both ended', 5],
      ['where a short one was', 7],
    ])('%s, the journal tells in the end what it tells of samples in order', async (_where, missing) => {
      await evaluateEachOf(values.map((value, i) => (i === missing ? null : value)));
      plant.write(PRESSURE, missing, [values[missing]]);
      await plant.follow();
      expect(await plant.journal()).toEqual(await inOrder(values));
      const rows = await store.rows();
      expect(rows.map(({ active, suppressed, activeSince }) => [active, suppressed, activeSince])).toEqual(
        rows.map(() => [false, false, null]),
      );
    });

    it('and overwrite others, what was wrong is retracted and named', async () => {
      await evaluateEachOf(values);
      plant.write(PRESSURE, 2, [85, 85]);
      await plant.follow();
      expect(await plant.journal()).toEqual(await inOrder([50, 85, 85, 85, 85, 50, 50, 85, 50, 50]));
      const entries = await store.entries();
      const wrong = entries.filter(({ event }) => event === 'retracted');
      expect(
        wrong.map(({ corrects, cause, plantAt, value }) => {
          const { event } = entries.find(({ id }) => id === corrects) ?? {};
          return [event, cause, (plantAt - BEGIN) / MINUTE, value];
        }),
      ).toEqual([
        ['activated', 'late_samples', 2, 95],
        ['returned', 'late_samples', 4, 85],
      ]);
    });

    it('an alarm that goes on is active since the right time, and who has acknowledged it later need not again', async () => {
      await evaluateEachOf([50, 50, 50, 85, 85, 85]);
      const reason = { plantAt: at(4), cause: 'person', by: 'x', comment: 'seen' } as const;
      const id = (await store.limit(PRESSURE, 'H'))?.id ?? 0;
      await store.transitions.apply([{ alarmId: id, event: { type: 'acknowledge' }, reason }]);
      plant.write(PRESSURE, 2, [85]);
      await plant.follow();
      expect(await plant.journal()).toEqual(['1 H activated 2']);
      expect(await store.limit(PRESSURE, 'H')).toMatchObject({ activeSince: at(2), unacknowledged: false });
      // it began anew after that
      plant.write(PRESSURE, 4, [50]);
      await plant.follow();
      expect(await store.limit(PRESSURE, 'H')).toMatchObject({ activeSince: at(5), unacknowledged: true });
    });

    it('an alarm of which nothing has changed stays as people have left it', async () => {
      await evaluateEachOf([50, 85, 85, 85]);
      const reason = { plantAt: at(0), cause: 'person', by: 'x', comment: 'seen' } as const;
      const id = (await store.limit(PRESSURE, 'H'))?.id ?? 0;
      await store.transitions.apply([{ alarmId: id, event: { type: 'acknowledge' }, reason }]);
      store.published.length = 0;
      plant.write(PRESSURE, 2, [86]);
      await plant.follow();
      expect(await store.limit(PRESSURE, 'H')).toMatchObject({ active: true, unacknowledged: false });
      expect(store.published).toEqual([]);
    });

    it('a graver alarm that turns out to be there suppresses the lesser one', async () => {
      await evaluateEachOf([50, 85, 85]);
      plant.write(PRESSURE, 2, [95]);
      await plant.follow();
      expect(await store.limit(PRESSURE, 'H')).toMatchObject({ active: true, suppressed: true });
      expect(await store.limit(PRESSURE, 'HH')).toMatchObject({ active: true, activeSince: at(2) });
      expect((await store.entries()).at(-1)).toMatchObject({ event: 'suppressed', cause: 'graver_alarm' });
    });

    it('they are evaluated by the limits of their time', async () => {
      await evaluateEachOf([50, 50, 50]);
      plant.tags[0].limitH = 40;
      plant.write(PRESSURE, 3, [50]);
      await plant.follow();
      plant.write(PRESSURE, 1, [60, 85]);
      await plant.follow();
      expect(await plant.journal()).toEqual(['1 H activated 2']);
      // by the new limit it goes on
      expect(await store.limit(PRESSURE, 'H')).toMatchObject({ active: true, activeSince: at(2) });
    });

    it('once more while it is at it, it goes as far as it had been', async () => {
      await evaluateEachOf(values);
      plant.write(PRESSURE, 6, [85]);
      await plant.follower.followNext();
      plant.write(PRESSURE, 1, [50]);
      await plant.follow();
      expect(await plant.journal()).toEqual(await inOrder([50, 50, 95, 95, 85, 50, 85, 85, 50, 50]));
      expect(await store.checkpoints.newest()).toMatchObject({
        positionTs: at(9),
        snapshot: { again: null },
      });
    });

    it('than anybody remembers, they are counted and not evaluated', async () => {
      await evaluateEachOf(values);
      await forgetCheckpoints(at(4));
      const before = await plant.journal();
      const unevaluated = async (): Promise<string | undefined> =>
        /^alarm_late_unjudged_total (\d+)$/m.exec(await plant.metrics.registry.metrics())?.[1];
      plant.write(PRESSURE, 0, [85, 50, 50, 50, 50]);
      await plant.follow();
      expect([await plant.journal(), await unevaluated()]).toEqual([before, '1']);
      expect((await store.checkpoints.newest())?.feedPosition).toBe(values.length + 1);
      // one that reaches into what is remembered is evaluated from there on
      plant.write(PRESSURE, 3, [50, 50, 85, 85]);
      await plant.follow();
      expect(await unevaluated()).toBe('1');
      expect((await plant.journal()).slice(-3)).toEqual(expect.arrayContaining(['1 H returned 8 since 1']));
    });
  });
});
