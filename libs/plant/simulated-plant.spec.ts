import { describe, expect, it } from '#jest';
import { RECORD_LENGTH, simulateRun } from '#tep';
import { seedOfStretch } from './plant-seed.js';
import {
  type PlantRecord,
  RECORD_INTERVAL_MS,
  SimulatedPlant,
  type SimulatedPlantState,
  STRETCH_MS,
} from './simulated-plant.js';

const SEED = 5_687_912_315;
const FIRST = Date.UTC(2026, 2, 1);
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

function valuesOf(records: PlantRecord[]): number[][] {
  return records.map(({ values }) => [...values]);
}

/** Through JSON text, as the database keeps it. */
function stored(plant: SimulatedPlant): SimulatedPlantState {
  return JSON.parse(JSON.stringify(plant.toState())) as SimulatedPlantState;
}

describe('the simulated plant', () => {
  it('records every three minutes what a run of the simulator with its seed records', () => {
    const plant = SimulatedPlant.begin(FIRST, SEED);
    const records = plant.advance(FIRST + 3 * HOUR_MS);
    const run = simulateRun({ seed: SEED, hours: 3 });
    expect(records.map(({ ts }) => ts)).toEqual(
      Array.from({ length: 60 }, (_, i) => FIRST + (i + 1) * RECORD_INTERVAL_MS),
    );
    expect(records.flatMap(({ values }) => [...values])).toEqual([...run.values]);
    expect(records[0].values).toHaveLength(RECORD_LENGTH);
  });

  it('makes the same series in whatever pieces it is advanced, stored and resumed', () => {
    const whole = SimulatedPlant.begin(FIRST, SEED);
    let pieces = SimulatedPlant.begin(FIRST, SEED);
    const expected = whole.advance(FIRST + 20 * MINUTE_MS + 17);
    whole.inject(1, 40 * MINUTE_MS);
    expected.push(...whole.advance(FIRST + 2 * HOUR_MS));
    const records: PlantRecord[] = [];
    for (const ms of [1, 999, 61_003, 20 * MINUTE_MS + 17]) records.push(...pieces.advance(FIRST + ms));
    pieces.inject(1, 40 * MINUTE_MS);
    for (let ms = 20 * MINUTE_MS + 18; ms < 2 * HOUR_MS; ms += 400_123) {
      pieces = SimulatedPlant.resume(stored(pieces));
      records.push(...pieces.advance(FIRST + ms));
    }
    records.push(...pieces.advance(FIRST + 2 * HOUR_MS));
    expect(records.map(({ ts }) => ts)).toEqual(expected.map(({ ts }) => ts));
    expect(valuesOf(records)).toEqual(valuesOf(expected));
  });

  it('ends a disturbance to the millisecond when its time is over', () => {
    const plant = SimulatedPlant.begin(FIRST, SEED);
    plant.advance(FIRST + 1_500);
    expect(plant.inject(4, 10 * MINUTE_MS)).toBe(true);
    expect(plant.inject(4, null)).toBe(false);
    plant.advance(FIRST + 1_499 + 10 * MINUTE_MS);
    expect(plant.disturbances).toEqual([{ idv: 4, since: FIRST + 1_500, until: FIRST + 601_500 }]);
    plant.advance(FIRST + 1_500 + 10 * MINUTE_MS);
    expect(plant.disturbances).toEqual([]);
    expect(plant.clear(4)).toBe(false);
  });

  it('draws on new random numbers every 24 hours', () => {
    const { firstMs, ...state } = stored(SimulatedPlant.begin(FIRST, SEED));
    const plant = SimulatedPlant.resume({ ...state, firstMs: firstMs + 10_000 - STRETCH_MS });
    plant.advance(FIRST + 9_999);
    expect(plant.toState().reseeds).toBe(0);
    plant.advance(FIRST + 10_000);
    expect(plant.toState()).toMatchObject({ reseeds: 1, snapshot: { generator: seedOfStretch(SEED, 1) } });
  });

  it('trips when a limit is violated, freezes, and runs again after a restart', () => {
    const plant = SimulatedPlant.begin(FIRST, SEED);
    plant.advance(FIRST + 10 * MINUTE_MS);
    plant.inject(6, null);
    plant.inject(1, null);
    plant.advance(FIRST + 3 * HOUR_MS);
    // Without A from stream 1 and with less of it in stream 4, reactions stop and pressure rises within two hours.
    expect(plant.trip?.cause).toBe('reactor-pressure-high');
    expect(plant.trip?.at).toBeGreaterThan(FIRST + HOUR_MS);
    const [before, after] = plant.advance(FIRST + 3.1 * HOUR_MS);
    expect([...before.values.subarray(0, 22)]).toEqual([...after.values.subarray(0, 22)]);
    plant.restart();
    expect(plant.trip).toBeNull();
    expect(plant.disturbances).toEqual([]);
    const records = plant.advance(FIRST + 4 * HOUR_MS);
    expect(records).toHaveLength(18);
    expect(plant.trip).toBeNull();
    expect(records[17].values[6]).toBeGreaterThan(2_600);
    expect(records[17].values[6]).toBeLessThan(2_800);
  });

  it('continues the series from the base case when its snapshot cannot be read', () => {
    const plant = SimulatedPlant.begin(FIRST, SEED);
    plant.advance(FIRST + HOUR_MS);
    const { snapshot, ...state } = stored(plant);
    expect(() => SimulatedPlant.resume({ ...state, snapshot: { ...snapshot, state: [] } })).toThrow(
      TypeError,
    );
    const next = SimulatedPlant.replace(state);
    expect(next.timeMs).toBe(FIRST + HOUR_MS);
    expect(next.advance(FIRST + 1.1 * HOUR_MS).map(({ ts }) => ts)).toEqual([
      FIRST + HOUR_MS + RECORD_INTERVAL_MS,
      FIRST + HOUR_MS + 2 * RECORD_INTERVAL_MS,
    ]);
  });
});

describe('the seeds of its stretches', () => {
  it('begin with the configured one and then give the generator its full period', () => {
    const seeds = Array.from({ length: 1_000 }, (_, stretch) => seedOfStretch(SEED, stretch));
    expect(seeds[0]).toBe(SEED);
    expect(new Set(seeds).size).toBe(1_000);
    for (const seed of seeds.slice(1)) {
      expect(seed % 16).toBe(8);
      expect(seed).toBeLessThan(2 ** 32);
    }
  });
});
