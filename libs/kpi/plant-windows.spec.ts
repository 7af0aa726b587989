import { beforeEach, describe, expect, it } from '#jest';
import type { ProcessClock } from '#platform';
import { type PlantWindow, TAGS } from '#tep';
import type { IngestEntry, SampleFeed, SeriesReader, TagDirectory } from '#timeseries';
import type { CondensedHour, KpiHourRepository } from './kpi-hour.repository.js';
import { PlantWindows } from './plant-windows.service.js';
import { RecentHours } from './recent-hours.service.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BEGIN = Date.UTC(2026, 2, 2);
const FEED_PAGE = 500;
/** Plant time of a minute after the begin. */
const at = (minute: number): number => BEGIN + minute * MINUTE;

/** A window that no samples of these tests make. */
const marked = (mean: number, hours = 1): PlantWindow => ({
  means: { XMEAS_01: mean },
  plannedHours: hours,
  runningHours: hours,
  assayedSamples: 0,
  inSpecificationSamples: 0,
});

/** A plant whose tags all read the minutes since the begin, with what is condensed and noted of it. */
class PlantInMemory {
  clockMs = at(24 * 60);
  condensedTo: number | undefined = 0;
  readonly condensed = new Map<number, { window: PlantWindow; quarters?: PlantWindow[] }>();
  /** Times at which the samples were counted, and read. */
  counts = 0;
  readings = 0;
  private readonly times: { ts: number; isGood: boolean }[] = [];
  private readonly writes: IngestEntry[] = [];

  /** Samples in `[from, to)` of minutes. */
  record(from: number, to: number, { everyMin = 3, isGood = true } = {}): void {
    for (let minute = from; minute < to; minute += everyMin) this.times.push({ ts: at(minute), isGood });
  }

  condense(hour: number, window: PlantWindow, quarters?: PlantWindow[]): void {
    this.condensed.set(at(60 * hour), { window, ...(quarters && { quarters }) });
  }

  /** Notes a write from one minute to another, both included. */
  note(from: number, to: number): void {
    this.writes.push({ position: this.writes.length + 1, fromTs: at(from), toTs: at(to), samples: 1 });
  }

  readonly find = (from: number, to: number) =>
    Promise.resolve(
      new Map(
        [...this.condensed].filter(([hour]) => hour >= from && hour < to).map(([h, c]) => [h, c.window]),
      ),
    );
  readonly findQuarters = (hours: readonly number[]) =>
    Promise.resolve(
      new Map(hours.flatMap((h) => [[h, this.condensed.get(h)?.quarters] as const]).filter(([, q]) => q)),
    );
  readonly cursor = () => Promise.resolve(this.condensedTo);
  readonly plantTagIds = () => Promise.resolve(TAGS.map((_, i) => i));
  readonly now = () => this.clockMs;
  readonly position = () => Promise.resolve(this.writes.length);

  readonly entriesAfter = (position: number | undefined, limit: number) => {
    if (position === undefined) return Promise.reject(new TypeError('a position is a number'));
    const entries = this.writes.slice(position, position + limit);
    return Promise.resolve({ entries, position: position + entries.length, hasGap: false });
  };

  readonly count = (tagIds: readonly number[], from: number, to: number) => {
    this.counts++;
    return Promise.resolve(this.within(from, to).length * tagIds.length);
  };

  readonly readMatrix = ({ from, to }: { from: number; to: number }, { worst }: { worst?: string } = {}) => {
    this.readings++;
    const found = this.within(from, to).filter(({ isGood }) => isGood || worst !== 'good');
    const timestamps = Float64Array.from(found, ({ ts }) => ts);
    const values = Float64Array.from(
      found.flatMap(({ ts }) => TAGS.map((_, i) => (i === 1 ? NaN : (ts - BEGIN) / MINUTE))),
    );
    return Promise.resolve({ timestamps, values });
  };

  private within(from: number, to: number): { ts: number; isGood: boolean }[] {
    return this.times.filter(({ ts }) => ts >= from && ts < to);
  }

  windows(rawRetentionDays = 90): PlantWindows {
    const feed = this as unknown as SampleFeed;
    return new PlantWindows(
      this as unknown as KpiHourRepository,
      this as unknown as SeriesReader,
      this as unknown as TagDirectory,
      feed,
      new RecentHours(feed),
      { rawRetentionDays },
      this as unknown as ProcessClock,
    );
  }

  /** Begin in minutes, mean reading and planned hours of each part. */
  async parts(from: number, to: number, cuts: number[] = [], days?: number): Promise<number[][]> {
    const parts = await this.windows(days).readParts(at(from), at(to), cuts.map(at));
    return [...parts].map(([begin, { means, plannedHours }]) => [
      (begin - BEGIN) / MINUTE,
      means.XMEAS_01 ?? NaN,
      Math.round(plannedHours * 1e6) / 1e6,
    ]);
  }
}

/** The mean of samples every three minutes in `[from, to)`: of the first and the last. */
const meanOf = (from: number, to: number): number => (from + to - 3) / 2;

describe('the windows of a plant', () => {
  let plant: PlantInMemory;

  beforeEach(() => void (plant = new PlantInMemory()));

  describe('of samples', () => {
    beforeEach(() => plant.record(0, 240));

    it('are whole hours, and pieces of those the period begins and ends in', async () => {
      expect(await plant.parts(30, 150)).toEqual([
        [30, meanOf(30, 60), 0.5],
        [60, meanOf(60, 120), 1],
        [120, meanOf(120, 150), 0.5],
      ]);
      expect(await plant.parts(66, 93)).toEqual([[66, meanOf(66, 93), 0.45]]);
      const whole = await plant.windows().read(at(30), at(150));
      // 40 samples, all of them different: the plant ran
      expect(whole).toMatchObject({ plannedHours: expect.closeTo(2, 9), runningHours: expect.closeTo(2, 9) });
      expect(whole.means.XMEAS_01).toBeCloseTo(meanOf(30, 150), 9);
      expect(whole.means).not.toHaveProperty(TAGS[1].code);
      expect([...(await plant.windows().readHours(at(30), at(150))).keys()]).toEqual([
        at(0),
        at(60),
        at(120),
      ]);
    });

    it('are cut where they are asked to be, within the period', async () => {
      expect(await plant.parts(30, 150, [15, 30, 45, 45, 60, 75, 150, 165])).toEqual([
        [30, meanOf(30, 45), 0.75 - 0.5],
        [45, meanOf(45, 60), 0.25],
        [60, meanOf(60, 75), 0.25],
        [75, meanOf(75, 120), 0.75],
        [120, meanOf(120, 150), 0.5],
      ]);
    });

    it('leave out where there are none', async () => {
      expect(await plant.parts(180, 360)).toEqual([[180, meanOf(180, 240), 1]]);
      expect(await plant.parts(240, 300)).toEqual([]);
      expect((await plant.windows().read(at(240), at(300))).plannedHours).toBe(0);
    });

    it('pass over years without any, and read none of them', async () => {
      const years = 2 * 365 * 24 * 60;
      expect(await plant.parts(-years, -60)).toEqual([]);
      expect([plant.counts, plant.readings]).toEqual([1, 0]);
      expect(await plant.parts(-years, 60)).toEqual([[0, meanOf(0, 60), 1]]);
      // two halves of a stretch for each time that 17 521 hours can be halved until six are left: 2 · 12, and the whole of it
      expect(plant.counts - 1).toBeLessThanOrEqual(1 + 2 * 12);
      expect(plant.readings).toBeLessThanOrEqual(6);
    });

    it('do not count the samples of a single hour before they read it', async () => {
      await plant.parts(66, 93);
      expect([plant.counts, plant.readings]).toEqual([0, 1]);
    });
  });

  it('count three minutes a sample, or less where they come more often', async () => {
    plant.record(30, 31);
    expect(await plant.parts(0, 60)).toEqual([[0, 30, 0.05]]);
    plant.record(60, 120, { everyMin: 1 });
    // 60 … 119 minutes
    expect(await plant.parts(60, 120)).toEqual([[60, 89.5, 1]]);
    plant.record(120, 180, { everyMin: 15 });
    expect(await plant.parts(120, 180)).toEqual([[120, 142.5, 0.2]]);
  });

  it('are of good samples only', async () => {
    plant.record(0, 30);
    plant.record(30, 60, { isGood: false });
    expect(await plant.parts(0, 60)).toEqual([[0, meanOf(0, 30), 0.5]]);
  });

  describe('of condensed hours', () => {
    beforeEach(() => {
      plant.record(0, 240);
      for (const hour of [0, 1, 2]) plant.condense(hour, marked(1_000 + hour));
    });

    const untouched = [
      [0, 1_000, 1],
      [60, 1_001, 1],
      [120, 1_002, 1],
      [180, meanOf(180, 240), 1],
    ];
    const anew = (...hours: number[]): number[][] =>
      untouched.map((part, hour) =>
        hours.includes(hour) ? [60 * hour, meanOf(60 * hour, 60 * hour + 60), 1] : part,
      );

    it('stand for their samples until something is written to them', async () => {
      expect(await plant.parts(0, 240)).toEqual(untouched);
      plant.note(50, 120);
      expect(await plant.parts(0, 240)).toEqual(anew(0, 1, 2));
      plant.condensedTo = 1;
      expect(await plant.parts(0, 240)).toEqual(untouched);
      plant.note(60, 119);
      expect(await plant.parts(0, 240)).toEqual(anew(1));
      plant.note(-600, 10);
      expect(await plant.parts(0, 240)).toEqual(anew(0, 1));
      expect(await plant.parts(60, 240)).toEqual(anew(1).slice(1));
      plant.note(239, 9_000);
      expect(await plant.parts(0, 240)).toEqual(anew(0, 1));
    });

    it('stand for them before anything was noted', async () => {
      plant.condensedTo = undefined;
      plant.note(60, 119);
      expect(await plant.parts(0, 240)).toEqual(untouched);
    });

    it('are known to be old however many writes there were in between', async () => {
      for (let i = 0; i < 2 * FEED_PAGE; i++) plant.note(900, 910);
      plant.note(60, 61);
      expect(await plant.parts(0, 240)).toEqual(anew(1));
    });

    it('are joined whatever their number', async () => {
      for (let hour = 0; hour < 1_201; hour++) plant.condense(hour, marked(hour));
      const { plannedHours, means } = await plant.windows().read(at(0), at(1_201 * 60));
      // the mean of 0 … 1 200
      expect([plannedHours, means.XMEAS_01]).toEqual([1_201, expect.closeTo(600, 6)]);
    });

    it('are read from their samples where they are cut otherwise than in quarters, or have none', async () => {
      expect(await plant.parts(15, 45)).toEqual([[15, meanOf(15, 45), 0.5]]);
      plant.condense(
        0,
        marked(1_000),
        [10, 20, 30, 40].map((mean) => marked(mean, 0.25)),
      );
      expect(await plant.parts(15, 45)).toEqual([[15, 25, 0.5]]);
      expect(await plant.parts(0, 60, [45])).toEqual([
        [0, 20, 0.75],
        [45, 40, 0.25],
      ]);
      expect(await plant.parts(12, 45)).toEqual([[12, meanOf(12, 45), 0.55]]);
      expect(await plant.parts(15, 48)).toEqual([[15, meanOf(15, 48), 0.55]]);
      expect(await plant.parts(15, 60, [48])).toEqual([
        [15, meanOf(15, 48), 0.55],
        [48, meanOf(48, 60), 0.2],
      ]);
      plant.note(0, 3);
      expect(await plant.parts(15, 45)).toEqual([[15, meanOf(15, 45), 0.5]]);
    });
  });

  it('take a condensed hour whose samples are gone for one of where it begins', async () => {
    plant.clockMs = at(3 * 24 * 60);
    for (const hour of [0, 1, 3]) plant.condense(hour, marked(1_000 + hour));
    expect(await plant.parts(15, 240, [75], 1)).toEqual([
      [60, 1_001, 1],
      [180, 1_003, 1],
    ]);
    // gone, and known by its quarters
    plant.condense(
      0,
      marked(1_000),
      [10, 20, 30, 40].map((mean) => marked(mean, 0.25)),
    );
    plant.readings = 0;
    expect(await plant.parts(15, 60, [], 1)).toEqual([[15, 30, 0.75]]);
    expect(plant.readings).toBe(0);
  });

  it('are refused while more than 400 hours are to be condensed', async () => {
    plant.record(0, 400 * 60, { everyMin: 30 });
    expect(await plant.parts(0, 400 * 60)).toHaveLength(400);
    plant.record(400 * 60, 401 * 60);
    await expect(plant.parts(0, 401 * 60)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'KPI_NOT_READY',
      retryAfterSeconds: 10,
    });
  });

  it('are answered of any number of hours that are condensed', async () => {
    plant.record(0, 500 * 60, { everyMin: 30 });
    for (let hour = 0; hour < 500; hour++) plant.condense(hour, marked(1_000 + hour));
    expect(await plant.parts(0, 500 * 60)).toHaveLength(500);
    expect([plant.counts, plant.readings]).toEqual([0, 0]);
  });

  it('are condensed by the hour and its quarters', async () => {
    plant.record(60, 120);
    plant.record(120, 121);
    const { window, quarters }: CondensedHour = await plant.windows().condenseHour(at(60));
    expect([window.means.XMEAS_01, window.plannedHours]).toEqual([meanOf(60, 120), expect.closeTo(1, 9)]);
    expect(quarters.map(({ means, plannedHours }) => [means.XMEAS_01, plannedHours])).toEqual(
      [60, 75, 90, 105].map((minute) => [meanOf(minute, minute + 15), expect.closeTo(0.25, 9)]),
    );
  });

  it('name the hours to condense when nothing is known: those with samples, but for what is final', async () => {
    const day = 24 * 60;
    plant.clockMs = at(3 * day);
    // hours 0 and 1 are older than a day, of which hour 0 was condensed; so was hour 60
    plant.record(0, 120);
    plant.record(60 * 60, 60 * 61);
    plant.condense(0, marked(1_000));
    plant.condense(60, marked(1_060));
    const hours = (await plant.windows(1).hoursToCondense()).map((hour) => (hour - BEGIN) / HOUR);
    // and perhaps neighbours without samples, of stretches of six at the most
    expect(hours).toEqual(expect.arrayContaining([1, 60]));
    expect(hours).not.toContain(0);
    expect(hours.length).toBeLessThanOrEqual(12);
    expect(hours.every((hour) => Number.isInteger(hour) && hour > -6 && hour < 66)).toBe(true);
  });
});
