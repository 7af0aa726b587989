import { beforeEach, describe, expect, it } from '#jest';
import { type MeasuredInstant, type PlantWindow, summarisePlantWindow } from '#tep';
import type { PlantWindows } from './plant-windows.service.js';
import { Standstills } from './standstills.service.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BEGIN = Date.UTC(2026, 2, 1);
const atHour = (hour: number): number => BEGIN + hour * HOUR;

/** A plant that is sampled every three minutes and stands still in given hours; its hours are condensed from the samples. */
class PlantInMemory {
  hasSamples = true;
  /** How often hours were asked for. */
  asked = 0;
  /** Where samples were read, in hours. */
  readonly samplesRead: number[] = [];
  private readonly all: (MeasuredInstant & { runs: boolean })[] = [];

  /** @param stood `[from, to)` in hours, on the grid of the samples */
  constructor(from: number, to: number, stood: readonly (readonly [number, number])[]) {
    for (let ts = atHour(from); ts < atHour(to); ts += 3 * MINUTE) {
      const standstill = stood.find(([begin, end]) => ts >= atHour(begin) && ts < atHour(end));
      const value = standstill ? standstill[0] : ts;
      this.all.push({ ts, values: { XMEAS_01: value, XMEAS_02: value }, runs: !standstill });
    }
  }

  readonly readHours = (from: number, to: number) => {
    this.asked++;
    const hours = new Map<number, PlantWindow>();
    for (const { ts, runs } of this.within(from, to)) {
      const hour = Math.floor(ts / HOUR) * HOUR;
      const window = hours.get(hour) ?? summarisePlantWindow([]);
      hours.set(hour, {
        ...window,
        plannedHours: window.plannedHours + 0.05,
        runningHours: window.runningHours + (runs ? 0.05 : 0),
      });
    }
    return Promise.resolve(hours);
  };

  readonly samples = (from: number, to: number) => {
    this.samplesRead.push((from - BEGIN) / HOUR);
    return Promise.resolve(this.hasSamples ? this.within(from, to) : []);
  };

  private within(from: number, to: number): (MeasuredInstant & { runs: boolean })[] {
    return this.all.filter(({ ts }) => ts >= from && ts < to);
  }

  /** Begin and end of what is found, in hours. */
  async standstillsIn(from: number, to: number): Promise<[from: number, to: number | null][]> {
    const windows = this as unknown as PlantWindows;
    const found = await new Standstills(windows).findIn(atHour(from), atHour(to));
    return found.map((each): [number, number | null] => [
      (each.from - BEGIN) / HOUR,
      each.to === null ? null : Math.round(((each.to - BEGIN) / HOUR) * 1e6) / 1e6,
    ]);
  }
}

describe('the standstills of a plant', () => {
  describe('that stood from 2:30 to 10:15', () => {
    let plant: PlantInMemory;

    beforeEach(() => void (plant = new PlantInMemory(0, 80, [[2.5, 10.25]])));

    it('are found whole wherever the period begins, from the samples of their first and last hour', async () => {
      expect(await plant.standstillsIn(0, 24)).toEqual([[2.5, 10.25]]);
      expect(plant.samplesRead).toHaveLength(2);
      // the hours of the period were enough to tell when it began; those of the day before tell it of one that begins within
      expect(plant.asked).toBe(1);
      await plant.standstillsIn(6, 24);
      expect(plant.asked).toBe(3);
      for (const from of [2.75, 3, 6, 10, 10.2])
        expect(await plant.standstillsIn(from, 24)).toEqual([[2.5, 10.25]]);
      for (const from of [10.25, 10.5, 11]) expect(await plant.standstillsIn(from, 24)).toEqual([]);
    });

    it('have no end when the period ends before them', async () => {
      for (const to of [3, 6, 10, 10.2]) expect(await plant.standstillsIn(0, to)).toEqual([[2.5, null]]);
    });

    it('are known by their hours where the samples are gone', async () => {
      plant.hasSamples = false;
      expect(await plant.standstillsIn(0, 24)).toEqual([[2.5, 10.25]]);
      // and by whole hours, as long as the last one ends within it
      expect(await plant.standstillsIn(0, 10)).toEqual([[2.5, null]]);
    });

    it('are found however long the plant ran before', async () => {
      plant = new PlantInMemory(0, 80, [[78, 79]]);
      expect(await plant.standstillsIn(0, 80)).toEqual([[78, 79]]);
      expect(plant.samplesRead.every((hour) => hour > 77)).toBe(true);
    });
  });

  it('within one hour are known by it where the samples are gone: the plant ran first', async () => {
    const plant = new PlantInMemory(0, 6, [[3.25, 3.5]]);
    plant.hasSamples = false;
    // it stood for a quarter of the hour, and ran for the rest
    expect(await plant.standstillsIn(0, 6)).toEqual([[3.75, 4]]);
  });

  it('end in the last minutes of an hour, too', async () => {
    expect(await new PlantInMemory(0, 24, [[2.95, 10.95]]).standstillsIn(0, 24)).toEqual([[2.95, 10.95]]);
  });

  it('of the day before are left alone when they were over', async () => {
    const plant = new PlantInMemory(-30, 24, [
      [-10.5, -9.5],
      [2.5, 10.25],
      [10.75, 12.5],
    ]);
    expect(await plant.standstillsIn(6, 24)).toEqual([
      [2.5, 10.25],
      [10.75, 12.5],
    ]);
    // the hours from 2, 10 and 12
    expect(plant.samplesRead).toHaveLength(3);
    expect(await plant.standstillsIn(10.25, 24)).toEqual([[10.75, 12.5]]);
  });

  it('are two when the plant ran in between, in neighbouring hours or not', async () => {
    const both = [
      [2.5, 3.25],
      [3.5, 4.5],
    ] as const;
    expect(await new PlantInMemory(0, 8, both).standstillsIn(0, 8)).toEqual(both);
    const apart = [
      [1.5, 2.5],
      [5.25, 5.75],
    ] as const;
    expect(await new PlantInMemory(0, 8, apart).standstillsIn(0, 8)).toEqual(apart);
  });

  it('began up to thirty days before the period', async () => {
    const days = 24;
    const since = (day: number) => new PlantInMemory(-40 * days, 5, [[day * days, 3]]);
    expect(await since(-29.5).standstillsIn(1, 5)).toEqual([[-29.5 * days, 3]]);
    // of a longer one, the begin of the hours that are looked at, and the ten minutes before them
    const [[begin, end]] = await since(-35).standstillsIn(1, 5);
    expect(begin).toBeGreaterThanOrEqual(1 - 30 * days - 1 / 6);
    expect([begin <= 1 - 30 * days, end]).toEqual([true, 3]);
  });

  it('are looked for no further back than there are samples', async () => {
    expect(await new PlantInMemory(-30, 5, [[-30, 3]]).standstillsIn(1, 5)).toEqual([[-30, 3]]);
    expect(await new PlantInMemory(10, 15, []).standstillsIn(1, 5)).toEqual([]);
  });

  it('are told as far as fifty hours of samples show them, the oldest first', async () => {
    // from the middle of every second hour to that of the next: two hours to read of each
    const stood = Array.from({ length: 30 }, (_, i) => [4 * i + 1.5, 4 * i + 2.5] as const);
    expect(await new PlantInMemory(0, 121, stood).standstillsIn(0, 121)).toEqual(stood.slice(0, 25));
  });
});
