import { describe, expect, it } from '#jest';
import {
  contextRows,
  PredictionInputError,
  type PredictionWindow,
  windowFromRows,
} from './prediction-window.js';

const START = Date.UTC(2026, 0, 1);
const CODES = ['A', 'B'];

/** `rows` rows of two tags, A counting up and B counting down, without the rows named. */
function aWindow(rows: number, without: number[] = []): PredictionWindow {
  const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => !without.includes(row));
  return {
    timestamps: kept.map((row) => START + row * 180_000),
    tags: { A: kept, B: kept.map((row) => -row) },
  };
}

function refusal(window: PredictionWindow): PredictionInputError {
  try {
    contextRows(window, CODES);
  } catch (error) {
    if (error instanceof PredictionInputError) return error;
    throw error;
  }
  throw new Error('the window was accepted');
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('the window of a prediction', () => {
  it('is the last 240 rows', () => {
    const rows = contextRows(aWindow(300), CODES);
    expect(rows).toHaveLength(480);
    expect([...rows.slice(0, 2), ...rows.slice(-2)]).toEqual([60, -60, 299, -299]);
  });

  it('bridges three missing rows with the last value', () => {
    const rows = contextRows(aWindow(240, range(100, 102)), CODES);
    expect([...rows.filter((_, i) => i % 2 === 0).slice(98, 104)]).toEqual([98, 99, 99, 99, 99, 103]);
  });

  it('begins after a longer gap when enough rows are left', () => {
    const rows = contextRows(aWindow(240, range(100, 110)), CODES);
    expect(rows[0]).toBe(111);
    expect(rows).toHaveLength(2 * 129);
  });

  it('is refused when a gap leaves fewer than 80 rows, naming the gap', () => {
    const error = refusal(aWindow(240, range(170, 180)));
    expect(error.code).toBe('window_has_gaps');
    expect(error.details).toMatchObject({ rows: 59, needed_rows: 80 });
    expect(error.details.gaps?.[0]).toEqual({
      tag: 'A',
      from: '2026-01-01T08:39:00.000Z',
      to: '2026-01-01T09:00:00.000Z',
    });
  });

  it('is refused when there is too little history', () => {
    const error = refusal(aWindow(79));
    expect(error.code).toBe('window_too_short');
    expect(error.details).toEqual({ rows: 79, needed_rows: 80 });
    expect(refusal({ timestamps: [], tags: { A: [], B: [] } }).code).toBe('window_too_short');
  });

  it('accepts 80 rows', () => {
    expect(contextRows(aWindow(80), CODES)).toHaveLength(160);
  });

  it('is refused without a tag, with ragged columns and with times out of order', () => {
    expect(refusal({ timestamps: [START], tags: { A: [1] } }).details.tags).toEqual(['B']);
    expect(refusal({ timestamps: [START], tags: { A: [1], B: [] } }).code).toBe('window_malformed');
    expect(refusal({ timestamps: [START, START], tags: { A: [1, 2], B: [1, 2] } }).code).toBe(
      'window_malformed',
    );
  });

  it('can be made of rows', () => {
    const window = windowFromRows(Float64Array.of(1, 2, 3, 4), CODES, [START, START + 180_000]);
    expect(Object.values(window.tags).map((column) => [...(column as Float64Array)])).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });
});
