import { describe, expect, it } from '#jest';
import { MinMaxScaler } from './min-max-scaler.js';
import { RmsScaler } from './rms-scaler.js';
import type { ScalerJson } from './scaler.js';
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

  it.each([
    ['z-score', StandardScaler],
    ['min-max', MinMaxScaler],
    ['RMS', RmsScaler],
  ])('%s: writes where it is told, also over its input, and refuses tables of another shape', (_, kind) => {
    const scaler = kind.fit([table], 2);
    expect(scaler.columns).toBe(2);
    const scaled = scaler.transform(table);
    const inPlace = table.slice();
    expect(scaler.transform(inPlace, inPlace)).toBe(inPlace);
    expect(inPlace).toEqual(scaled);
    expect(scaler.inverse(inPlace, inPlace)).toBe(inPlace);
    inPlace.forEach((value, i) => expect(value).toBeCloseTo(table[i], 12));
    for (const go of [scaler.transform.bind(scaler), scaler.inverse.bind(scaler)]) {
      expect(() => go(Float64Array.of(1, 2, 3))).toThrow('3 values are not rows of 2');
      expect(() => go(table, new Float64Array(6))).toThrow('out has 6 values, 8 are needed');
    }
  });

  it('RMS of nothing but zeros, and min-max and z-score of a constant with rounding noise, leave the spread at 1', () => {
    const one = [1];
    expect(RmsScaler.fit([new Float64Array(3)], 1).toJSON().scale).toEqual(one);
    const noisy = Float64Array.of(1e6, 1e6 + 1e-9, 1e6);
    expect(MinMaxScaler.fit([noisy], 1).toJSON().scale).toEqual(one);
    expect(StandardScaler.fit([noisy], 1).toJSON().scale).toEqual(one);
    // Not so a small spread beside a small mean, or a mean below zero.
    expect(MinMaxScaler.fit([Float64Array.of(-4, -3)], 1).toJSON()).toEqual({
      kind: 'minmax',
      offset: [-4],
      scale: one,
    });
    expect(MinMaxScaler.fit([Float64Array.of(-1e-9, 1e-9)], 1).toJSON().scale).toEqual([2e-9]);
  });

  it.each([
    [[1], [1, 2], 'differ in length'],
    [[1, NaN], [1, 2], 'column 1: offset must be finite'],
    [[1, 0], [0, 2], 'column 0: offset must be finite and scale finite and not zero'],
    [[1, 0], [1, Infinity], 'column 1: offset must be finite'],
  ])('is not read back from offsets %j and scales %j', (offset, scale, message) => {
    const json: ScalerJson = { kind: 'zscore', offset, scale };
    expect(() => StandardScaler.fromJSON(json)).toThrow(message);
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
    for (const kind of [StandardScaler, MinMaxScaler, RmsScaler]) {
      expect(() => kind.fit([Float64Array.of(1, 2, 3, NaN)], 2)).toThrow(
        'column 1 has 1 values, at least 2 are needed',
      );
      expect(() => kind.fit([Float64Array.of(1, 2, 3, -Infinity)], 2)).toThrow(
        'column 1 holds an infinite value',
      );
      expect(kind.fit([Float64Array.of(1, 2, 3, 4)], 2).columns).toBe(2);
    }
    expect(() => StandardScaler.fromJSON(MinMaxScaler.fit([table], 2).toJSON())).toThrow(
      'a minmax scaler is not a zscore',
    );
    expect(() => MinMaxScaler.fromJSON(RmsScaler.fit([table], 2).toJSON())).toThrow(
      'a rms scaler is not a minmax',
    );
    expect(() => RmsScaler.fromJSON(StandardScaler.fit([table], 2).toJSON())).toThrow(
      'a zscore scaler is not a rms',
    );
  });
});
