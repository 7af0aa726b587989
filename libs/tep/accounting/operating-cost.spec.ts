import { describe, expect, it } from '#jest';
import { operatingCost } from './operating-cost.js';
import { TAGS } from '../catalogue/tags.js';

const baseCase = Object.fromEntries(TAGS.map((tag) => [tag.code, tag.baseValue]));

describe('the operating cost', () => {
  it('is the published 170.62 $/h and 80.75 cents per kmol at the base case', () => {
    const cost = operatingCost(baseCase);
    expect(cost.total).toBeCloseTo(170.62444, 4);
    expect(cost.centsPerKmol).toBeCloseTo(80.749583, 5);
  });

  it('consists of power, steam, purge and product losses', () => {
    const cost = operatingCost(baseCase);
    // 0.0536 $/kWh · 341.43365 kW and 0.0318 $/kg · 230.30782 kg/h
    expect(cost.compressor).toBeCloseTo(18.30084, 4);
    expect(cost.steam).toBeCloseTo(7.32379, 4);
    // 211.3 kmol/h · (0.2206·0.0178655 + 0.1456·0.8357023 + 0.1789·0.0985769)
    expect(cost.productLoss).toBeCloseTo(211.3 * (0.00394113 + 0.12167825 + 0.01763541), 3);
    expect(cost.compressor + cost.steam + cost.purgeLoss + cost.productLoss).toBeCloseTo(cost.total, 10);
  });

  it('names the tag it misses', () => {
    expect(() => operatingCost({ ...baseCase, XMEAS_33: NaN })).toThrow('XMEAS_33 has no value');
  });
});
