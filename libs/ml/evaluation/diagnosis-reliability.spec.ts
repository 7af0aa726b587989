import { describe, expect, it } from '#jest';
import { ReliabilityTable } from './diagnosis-reliability.js';

describe('a reliability table', () => {
  it('weighs the gap between stated and true shares by the rows of each bin', () => {
    const table = new ReliabilityTable();
    // bin 0.9 … 1: four answers at 0.95, three right: gap 0.2; bin 0.5 … 0.6: one at 0.55, wrong: gap 0.55
    for (const right of [true, true, true, false]) table.add(0.95, right);
    table.add(0.55, false);
    const { calibrationError, bins, rows } = table.figures;
    expect(rows).toBe(5);
    expect(calibrationError).toBeCloseTo((4 * 0.2 + 0.55) / 5, 12);
    expect(bins).toHaveLength(2);
    expect(bins[1].confidence).toBeCloseTo(0.95, 12);
    expect(bins[1]).toMatchObject({ accuracy: 0.75, rows: 4 });
  });

  it('puts certainty into the last bin', () => {
    const table = new ReliabilityTable();
    table.add(1, true);
    expect(table.figures).toMatchObject({ calibrationError: 0, bins: [{ accuracy: 1 }] });
  });
});
