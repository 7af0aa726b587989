import { describe, expect, it } from '#jest';
import { KPI_TERMS_KO } from '../catalogue/kpi-terms.js';
import type { PlantKpiName } from '../catalogue/kpis.js';
import { plantKpis } from './plant-kpis.js';
import { isFrozen, summarisePlantWindow, type PlantWindow } from './plant-window.js';
import { TAGS } from '../catalogue/tags.js';

const baseCase = Object.fromEntries(TAGS.map((tag) => [tag.code, tag.baseValue]));

/** An hour at the base case: 20 samples, all running, all analysed. */
const aWindow = (changes: Partial<PlantWindow> = {}): PlantWindow => ({
  means: baseCase,
  plannedHours: 1,
  runningHours: 1,
  assayedSamples: 20,
  inSpecificationSamples: 20,
  ...changes,
});

function kpi(name: PlantKpiName, window: PlantWindow = aWindow()) {
  const found = plantKpis(window).find((k) => k.name === name);
  if (found === undefined) throw new Error(`no indicator ${name}`);
  return found;
}

describe('the plant indicators at the base case', () => {
  it('produce the published 14 076 kg/h of G and H to within two parts in ten thousand', () => {
    // 465.341558 lb-mol/h · 0.454 = 211.26507 kmol/h of which 53.723979 % G (62) and 43.828022 % H (76)
    const expected = 211.26507 * (0.53723979 * 62 + 0.43828022 * 76);
    expect(kpi('production_rate').value).toBeCloseTo(expected, 1);
    expect(expected).toBeCloseTo(14074.09, 1);
    expect(kpi('effectiveness').value).toBeCloseTo((100 * 14074.09) / 14076, 2);
    expect(kpi('production_volume_rate').value).toBeCloseTo(22.94873, 5);
  });

  it('show the product mix in moles and in mass', () => {
    expect(kpi('product_g_mole_percent').value).toBeCloseTo(53.724, 3);
    expect(kpi('product_h_mole_percent').value).toBeCloseTo(43.828, 3);
    // 62·53.723979 = 3330.887 and 76·43.828022 = 3330.930: the 50/50 mixture of operating mode 1
    expect(kpi('product_g_mass_percent').value).toBeCloseTo((100 * 3330.887) / (3330.887 + 3330.93), 3);
  });

  it('convert what the reaction rates of the model consume, but for the unmeasured traces in the product', () => {
    // D: fed 252.210522·0.9999, purged 33.1618945·1.25654 %, in product 465.341558·0.0178655 % lb-mol/h
    const dFed = 252.210522 * 0.9999;
    const dLost = 33.1618945 * 0.012565425 + 465.341558 * 0.00017865525;
    expect(kpi('conversion_d').value).toBeCloseTo(100 * (1 - dLost / dFed), 4);
    // and that is r1 + 1.5·r4 = 251.606904 + 1.5·0.0528188824 lb-mol/h
    expect(dFed - dLost).toBeCloseTo(251.606904 + 1.5 * 0.0528188824, 2);

    // A: fed 24.6435576·0.9999 + 919.528822·0.485, purged 33.1618945·32.957537 %
    const aFed = 24.6435576 * 0.9999 + 919.528822 * 0.485;
    const aLost = 33.1618945 * 0.32957537;
    expect(kpi('conversion_a').value).toBeCloseTo(100 * (1 - aLost / aFed), 4);
    // the model's r1 + r2 + r3 plus 0.479 % A dissolved in the product
    expect(aFed - aLost).toBeCloseTo(251.606904 + 204.712521 + 1.13487425 + 465.341558 * 0.00479187, 1);

    expect(kpi('conversion_c').value).toBeCloseTo(
      100 * (1 - (33.1618945 * 0.2397814) / (919.528822 * 0.51)),
      4,
    );
    expect(kpi('conversion_e').value).toBeCloseTo(
      100 * (1 - (33.1618945 * 0.1857927 + 465.341558 * 0.0083570226) / (215.918827 * 0.9999)),
      4,
    );
  });

  it('yield G and H from the reactants by mass', () => {
    const feedLb =
      2 * (24.6435576 * 0.9999 + 919.528822 * 0.485) +
      28 * 919.528822 * 0.51 +
      32 * 252.210522 * 0.9999 +
      46 * 215.918827 * 0.9999;
    expect(kpi('yield').value).toBeCloseTo((100 * 14074.09) / (feedLb * 0.454), 3);
    expect(kpi('yield').value).toBeCloseTo(96.65, 1);
  });

  it('cost what the paper says, at 100 % cost efficiency', () => {
    expect(kpi('operating_cost').value).toBeCloseTo(170.62444, 4);
    expect(kpi('operating_cost_per_kmol').value).toBeCloseTo(80.749583, 5);
    expect(kpi('efficiency').value).toBeCloseTo(100, 5);
  });
});

describe('the plant indicators', () => {
  it('show the fraction they are', () => {
    for (const { name, value, unit, numerator, denominator } of plantKpis(aWindow())) {
      const factor = unit === '%' || unit === 'mol%' ? 100 : 1;
      expect([name, value]).toEqual([
        name,
        (factor * (numerator?.value ?? NaN)) / (denominator?.value ?? NaN),
      ]);
    }
  });

  it('multiply availability, effectiveness and quality into OEE', () => {
    // an eight-hour shift of which the plant ran six, 90 of 120 samples in specification
    const shift = aWindow({
      plannedHours: 8,
      runningHours: 6,
      assayedSamples: 120,
      inSpecificationSamples: 90,
    });
    expect(kpi('availability', shift).value).toBe(75);
    expect(kpi('quality_ratio', shift).value).toBe(75);
    expect(kpi('oee', shift).value).toBeCloseTo(0.75 * 0.75 * ((100 * 14074.09) / 14076), 2);
    expect(kpi('production_rate', shift).value).toBeCloseTo(14074.09, 1);
    expect(kpi('production_rate', shift).numerator?.value).toBeCloseTo(6 * 14074.09, 0);
  });

  it('have Korean words for whatever is above and below the line', () => {
    const labels = plantKpis(aWindow()).flatMap((k) => [
      k.numerator?.label ?? '',
      k.denominator?.label ?? '',
    ]);
    expect(labels.filter((label) => KPI_TERMS_KO[label] === undefined)).toEqual([]);
  });

  it('have the units of their fraction', () => {
    const fractions: Record<string, readonly [string, string]> = {
      'kg/h': ['kg', 'h'],
      'm³/h': ['m³', 'h'],
      '$/h': ['$', 'h'],
      '¢/kmol': ['¢/h', 'kmol/h'],
      'mol%': ['kmol', 'kmol'],
    };
    for (const { name, unit, numerator, denominator } of plantKpis(aWindow())) {
      const units = [numerator?.unit ?? '', denominator?.unit ?? ''];
      if (unit === '%') expect([name, units[0]]).toEqual([name, units[1]]);
      else expect([name, ...units]).toEqual([name, ...fractions[unit]]);
      for (const each of units) expect(each).not.toBe('');
      for (const label of [numerator?.label, denominator?.label]) expect(label).toMatch(/^[A-Za-z].*\w$/);
    }
  });

  it('have no value without any of the tags that they depend on, and name it', () => {
    const valueOf = (means: PlantWindow['means']) => plantKpis(aWindow({ means }));
    const atBase = valueOf(baseCase);
    for (const { code, baseValue } of TAGS) {
      const moved = valueOf({ ...baseCase, [code]: 1.01 * baseValue });
      const missing = valueOf({ ...baseCase, [code]: undefined });
      atBase.forEach(({ name, value }, i) => {
        const depends = moved[i].value !== value;
        const expected = depends ? `no values for ${code}` : missing[i].reason;
        expect([name, code, missing[i].value === null, missing[i].reason]).toEqual([
          ...[name, code, missing[i].reason !== null, expected],
        ]);
      });
    }
  });

  it('say why they have no value', () => {
    const partial = aWindow({ means: { ...baseCase, XMEAS_29: undefined } });
    expect(kpi('conversion_a', partial)).toMatchObject({
      value: null,
      reason: 'no values for XMEAS_29',
      reasonKo: 'XMEAS_29 값 없음',
    });
    expect(kpi('operating_cost', partial)).toMatchObject({ value: null, reason: 'no values for XMEAS_29' });
    expect(kpi('conversion_d', partial).value).not.toBeNull();

    const stopped = aWindow({ means: {}, runningHours: 0, assayedSamples: 0, inSpecificationSamples: 0 });
    expect(kpi('production_rate', stopped)).toMatchObject({
      value: null,
      numerator: null,
      reason: 'the plant did not run in this window',
    });
    expect(kpi('availability', stopped)).toMatchObject({ value: 0, reason: null });

    const empty = aWindow({ means: {}, plannedHours: 0, runningHours: 0 });
    expect(plantKpis(empty).every((k) => k.value === null && k.reason === 'the window is empty')).toBe(true);

    const noFeed = aWindow({ means: { ...baseCase, XMEAS_02: 0 } });
    expect(kpi('conversion_d', noFeed)).toMatchObject({
      value: null,
      reason: 'D fed is not positive',
      reasonKo: 'D 공급량: 0 이하',
    });
    const unseen = aWindow({ assayedSamples: 0, inSpecificationSamples: 0 });
    expect(kpi('oee', unseen)).toMatchObject({
      value: null,
      reason: 'no analysis of the product in this window',
    });
    expect(kpi('quality_ratio', unseen).reason).toBe('samples with an analysis is not positive');
    expect(kpi('effectiveness', unseen).value).not.toBeNull();
    const nothing = aWindow({ means: { ...baseCase, XMEAS_17: NaN, XMEAS_40: undefined } });
    expect(kpi('oee', nothing).reason).toBe('no values for XMEAS_17, XMEAS_40');
    for (const { reason, reasonKo } of [stopped, empty, noFeed, unseen, nothing].flatMap((w) => plantKpis(w)))
      expect(reasonKo === null ? reason : reasonKo).toEqual(
        reason === null ? null : expect.stringMatching(/[가-힣]/),
      );
  });
});

describe('a plant window', () => {
  const at = (pressure: number, level: number, g = 53.7) => ({
    XMEAS_07: pressure,
    XMEAS_08: level,
    XMEAS_40: g,
  });

  it('leaves a standstill out of the means, from its first sample on', () => {
    const window = summarisePlantWindow([
      at(2700, 75),
      at(2710, 76),
      at(3001, 80),
      at(3001, 80),
      at(3001, 80),
    ]);
    expect(window.means).toMatchObject({ XMEAS_07: 2705, XMEAS_08: 75.5 });
    expect(window.plannedHours).toBeCloseTo(0.25, 12);
    expect(window.runningHours).toBeCloseTo(0.1, 12);
  });

  it('goes on after a standstill', () => {
    const window = summarisePlantWindow([at(3001, 80), at(3001, 80), at(2700, 75), at(2702, 75)]);
    expect(window.means.XMEAS_07).toBe(2701);
  });

  it('counts the samples whose G is within the tolerance, and skips missing values', () => {
    const samples = [at(2700, 75, 58.7), at(2701, 75, 58.8), at(NaN, 74, NaN), at(2703, 75, 50)];
    const window = summarisePlantWindow(samples, { plannedHours: 2 });
    expect(window).toMatchObject({ plannedHours: 2, assayedSamples: 3, inSpecificationSamples: 2 });
    expect(window.means.XMEAS_07).toBeCloseTo((2700 + 2701 + 2703) / 3, 9);
    const strict = { specification: { gMolePercent: 50, toleranceMolePercent: 1 } };
    expect(summarisePlantWindow(samples, strict).inSpecificationSamples).toBe(1);
  });

  it('takes the tolerance itself for in specification, either way', () => {
    const specification = { gMolePercent: 50, toleranceMolePercent: 2 };
    const window = summarisePlantWindow(
      [48, 52, 47.99, 52.01].map((g, i) => at(2700 + i, 75, g)),
      { specification, samplingIntervalHours: 0.5 },
    );
    expect(window).toMatchObject({
      assayedSamples: 4,
      inSpecificationSamples: 2,
      plannedHours: 2,
      runningHours: 2,
    });
  });

  it('judges a standstill by what both samples measured, not by analyses and commands', () => {
    expect(isFrozen({ XMEAS_07: 2700, XMEAS_08: 75, XMEAS_09: 1 }, { XMEAS_07: 2700, XMEAS_08: 75 })).toBe(
      true,
    );
    expect(
      isFrozen({ XMEAS_07: 2700, XMEAS_40: 54, XMV_01: 50 }, { XMEAS_07: 2700, XMEAS_40: 54, XMV_01: 50 }),
    ).toBe(false);
    expect(isFrozen({ ...at(2700, 75), XMEAS_40: 1 }, { ...at(2700, 75), XMEAS_40: 2 })).toBe(true);
  });

  it('does not take one repeated value for a standstill', () => {
    expect(isFrozen({ XMEAS_07: 2700 }, { XMEAS_07: 2700 })).toBe(false);
    expect(isFrozen(at(2700, 75), at(2700, 75))).toBe(true);
    expect(isFrozen(at(2700, 75), at(2700, 75.1))).toBe(false);
  });

  it('is empty without samples', () => {
    expect(summarisePlantWindow([])).toEqual({
      means: {},
      plannedHours: 0,
      runningHours: 0,
      assayedSamples: 0,
      inSpecificationSamples: 0,
    });
  });
});
