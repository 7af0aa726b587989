import { describe, expect, it } from '#jest';
import { MinMaxScaler } from './min-max-scaler.js';
import { RmsScaler } from './rms-scaler.js';
import { StandardScaler } from './standard-scaler.js';

/** Columns 1, 2, 3, 6 (mean 3, squared deviations 4+1+0+9 = 14) and a constant 5. */
const table = Float64Array.of(1, 5, 2, 5, 3, 5, 6, 5);

describe('scaling of a table', () => {
  it('z-score: subtracts the mean 3 and divides by √(14/3); a constant column becomes 0', () => {
    const z = StandardScaler.fit([table], 2).transform(table);
    const s = Math.sqrt(14 / 3);
    expect(Array.from(z)).toEqual([-2 / s, 0, -1 / s, 0, 0, 0, 3 / s, 0]);
  });

  it('min-max: maps the fitted range 1…6 to 0…1 and goes beyond it unclipped', () => {
    const scaler = MinMaxScaler.fit([table], 2);
    expect(Array.from(scaler.transform(Float64Array.of(1, 5, 6, 5, 11, 6)))).toEqual([0, 0, 1, 0, 2, 1]);
  });

  it('RMS: divides by √((1+4+9+36)/4) = √12.5 and leaves zero where it is', () => {
    const y = RmsScaler.fit([table], 2).transform(Float64Array.of(0, 0, 5, 10));
    expect(y[0]).toBe(0);
    expect(y[2]).toBeCloseTo(5 / Math.sqrt(12.5), 14);
    expect(y[3]).toBeCloseTo(2, 14);
  });

  it.each([
    ['z-score', StandardScaler],
    ['min-max', MinMaxScaler],
    ['RMS', RmsScaler],
  ])('%s: inverse undoes transform, also after a trip through JSON', (_, kind) => {
    const scaler = kind.fit([table.subarray(0, 4), table.subarray(4)], 2);
    const revived = kind.fromJSON(JSON.parse(JSON.stringify(scaler)) as ReturnType<typeof scaler.toJSON>);
    const back = revived.inverse(scaler.transform(table));
    back.forEach((value, i) => expect(value).toBeCloseTo(table[i], 12));
  });

  it('leaves missing cells out of the fit and missing in the result', () => {
    const scaler = StandardScaler.fit([Float64Array.of(1, NaN, 2, 3, NaN, 6)], 1);
    expect(Array.from(scaler.transform(Float64Array.of(NaN, 3)))).toEqual([NaN, 0]);
  });

  it('keeps the digits of a small spread on a large mean', () => {
    const { standardDeviation } = StandardScaler.fit([Float64Array.of(1e9 + 1, 1e9 + 2, 1e9 + 3)], 1);
    expect(standardDeviation[0]).toBeCloseTo(1, 12);
  });

  it('refuses a column with one value, infinite cells, ragged tables and a scaler of another kind', () => {
    expect(() => StandardScaler.fit([Float64Array.of(1, NaN)], 1)).toThrow('column 0 has 1 values');
    expect(() => RmsScaler.fit([Float64Array.of(1, Infinity)], 1)).toThrow('infinite');
    expect(() => MinMaxScaler.fit([Float64Array.of(1, 2, 3)], 2)).toThrow('not rows of 2');
    expect(() => RmsScaler.fromJSON(StandardScaler.fit([table], 2).toJSON())).toThrow(
      'a zscore scaler is not a rms',
    );
  });
});
