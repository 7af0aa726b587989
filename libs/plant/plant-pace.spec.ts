import { describe, expect, it } from '#jest';
import { MAX_CATCH_UP_MS, PlantPace } from './plant-pace.js';

const WALL = 1_800_000_000_000;
const PLANT = 1_900_000_000_000;

describe('the pace of the plant', () => {
  it('moves plant time by speed times wall time', () => {
    const pace = new PlantPace(PLANT, WALL, { speed: 60, paused: false });
    expect(pace.moveTo(WALL + 250)).toEqual({ dueMs: PLANT + 15_000, givenUpMs: 0 });
    expect(pace.actualSpeed).toBe(60);
  });

  it('loses nothing to rounding at slow speeds', () => {
    const pace = new PlantPace(PLANT, WALL, { speed: 0.1, paused: false });
    let due = 0;
    for (let wall = WALL; wall <= WALL + 10_000; wall += 3) due = pace.moveTo(wall).dueMs;
    // 3,333 steps of 3 ms are 9,999 ms of wall time; a tenth of it is 999.9 ms.
    expect(due).toBe(PLANT + 999);
  });

  it('falls behind rather than making up for more than two seconds at once', () => {
    const pace = new PlantPace(PLANT, WALL, { speed: 100, paused: false });
    const { dueMs, givenUpMs } = pace.moveTo(WALL + 8_000);
    expect(dueMs).toBe(PLANT + MAX_CATCH_UP_MS * 100);
    expect(givenUpMs).toBe(6_000);
    // Two seconds of eight: a quarter of the speed was reached.
    expect(pace.actualSpeed).toBe(25);
    expect(pace.moveTo(WALL + 8_250).dueMs).toBe(dueMs + 25_000);
  });

  it('gives up what the machine could not simulate in time', () => {
    const pace = new PlantPace(PLANT, WALL, { speed: 3_600, paused: false });
    expect(pace.moveTo(WALL + 500).dueMs).toBe(PLANT + 1_800_000);
    // Half an hour was due; after another half second of work a quarter of an hour is done: 250 of 1,000 ms.
    expect(pace.fallBackTo(PLANT + 900_000, WALL + 1_000)).toBe(750);
    expect(pace.actualSpeed).toBe(900);
    expect(pace.readingAt(PLANT + 900_000)).toEqual({
      timeMs: PLANT + 900_000,
      wallMs: WALL + 1_000,
      rate: 900,
    });
    expect(pace.moveTo(WALL + 1_100).dueMs).toBe(PLANT + 900_000 + 360_000);
  });

  it('does not go back when the wall clock does', () => {
    const pace = new PlantPace(PLANT, WALL, { speed: 60, paused: false });
    const { dueMs } = pace.moveTo(WALL + 1_000);
    expect(pace.moveTo(WALL - 3_600_000).dueMs).toBe(dueMs);
    expect(pace.moveTo(WALL - 3_599_000).dueMs).toBe(dueMs + 60_000);
  });

  it('stands still while paused and changes speed from the moment of the command', () => {
    const pace = new PlantPace(PLANT, WALL, { speed: 60, paused: false });
    pace.moveTo(WALL + 1_000);
    pace.adjust({ paused: true });
    expect(pace.moveTo(WALL + 500_000).dueMs).toBe(PLANT + 60_000);
    expect(pace.readingAt(PLANT + 60_000).rate).toBe(0);
    pace.adjust({ paused: false, speed: 10 });
    expect(pace.moveTo(WALL + 501_000).dueMs).toBe(PLANT + 70_000);
  });

  it('gives clock readings that all lie on one line', () => {
    const pace = new PlantPace(PLANT, WALL, { speed: 60, paused: false });
    pace.moveTo(WALL + 1_000);
    const early = pace.readingAt(PLANT + 30_000);
    expect(early).toEqual({ timeMs: PLANT + 30_000, wallMs: WALL + 500, rate: 60 });
    expect(pace.readingAt(PLANT + 60_000)).toEqual({
      timeMs: PLANT + 60_000,
      wallMs: WALL + 1_000,
      rate: 60,
    });
  });
});
