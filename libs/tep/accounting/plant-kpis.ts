import {
  feedKgPerHour,
  feedKmolPerHour,
  lossKmolPerHour,
  productKgPerHour,
  type Reactant,
} from './material-balance.js';
import { OPERATING_COST_TAGS, operatingCost, type TagValues } from './operating-cost.js';
import { KPI_TERMS_KO } from '../catalogue/kpi-terms.js';
import { KPI_DEFINITIONS, type KpiDefinition, type PlantKpiName } from '../catalogue/kpis.js';
import type { PlantWindow } from './plant-window.js';

/** One side of the fraction an indicator is. */
export interface KpiTerm {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
}

/** An indicator with the arithmetic behind it: value = factor · numerator ÷ denominator, factor 100 for per cents. */
export interface PlantKpi extends KpiDefinition {
  readonly value: number | null;
  /** Null exactly when the value is. */
  readonly numerator: KpiTerm | null;
  readonly denominator: KpiTerm | null;
  /** Why there is no value; null when there is one. */
  readonly reason: string | null;
  readonly reasonKo: string | null;
}

interface Fraction {
  readonly numerator: KpiTerm;
  readonly denominator: KpiTerm;
}

/** Product G + H of operating mode 1, kg/h, and cost of the base case per kmol of product, cents (Downs and Vogel). */
export const MODE_1_PRODUCT_KG_PER_HOUR = 14_076;
export const REFERENCE_CENTS_PER_KMOL = 80.749583;

const FEED_TAGS = ['XMEAS_01', 'XMEAS_02', 'XMEAS_03', 'XMEAS_04'];
const PRODUCT_TAGS = ['XMEAS_17', 'XMEAS_40', 'XMEAS_41'];
const CONVERSION_TAGS: Readonly<Record<Reactant, readonly string[]>> = {
  A: ['XMEAS_01', 'XMEAS_04', 'XMEAS_10', 'XMEAS_29'],
  C: ['XMEAS_04', 'XMEAS_10', 'XMEAS_31'],
  D: ['XMEAS_02', 'XMEAS_10', 'XMEAS_17', 'XMEAS_32', 'XMEAS_37'],
  E: ['XMEAS_03', 'XMEAS_10', 'XMEAS_17', 'XMEAS_33', 'XMEAS_38'],
};

/** What an indicator needs, and its fraction when the need is met. */
interface Rule {
  readonly tags: readonly string[];
  readonly fraction: (window: PlantWindow) => Fraction;
}

const term = (label: string, value: number, unit: string): KpiTerm => ({ label, value, unit });
const over = (numerator: KpiTerm, denominator: KpiTerm): Fraction => ({ numerator, denominator });
const runningTime = (window: PlantWindow) => term('running time', window.runningHours, 'h');
const gAndHKgPerHour = (means: TagValues) => {
  const { g, h } = productKgPerHour(means);
  return g + h;
};

const RULES: Readonly<Record<PlantKpiName, Rule>> = {
  production_rate: {
    tags: PRODUCT_TAGS,
    fraction: (w) =>
      over(term('G and H produced', gAndHKgPerHour(w.means) * w.runningHours, 'kg'), runningTime(w)),
  },
  production_volume_rate: {
    tags: ['XMEAS_17'],
    fraction: (w) => over(term('product volume', mean(w, 'XMEAS_17') * w.runningHours, 'm³'), runningTime(w)),
  },
  product_g_mole_percent: productShare('G', 'XMEAS_40'),
  product_h_mole_percent: productShare('H', 'XMEAS_41'),
  product_g_mass_percent: {
    tags: PRODUCT_TAGS,
    fraction: (w) => {
      const { g, h } = productKgPerHour(w.means);
      return over(term('G in product', g, 'kg/h'), term('G and H in product', g + h, 'kg/h'));
    },
  },
  quality_ratio: {
    tags: ['XMEAS_40'],
    fraction: (w) =>
      over(
        term('samples in specification', w.inSpecificationSamples, 'samples'),
        term('samples with an analysis', w.assayedSamples, 'samples'),
      ),
  },
  yield: {
    tags: [...FEED_TAGS, ...PRODUCT_TAGS],
    fraction: ({ means }) =>
      over(
        term('G and H in product', gAndHKgPerHour(means), 'kg/h'),
        term('A, C, D and E fed', feedKgPerHour(means), 'kg/h'),
      ),
  },
  conversion_a: conversion('A'),
  conversion_c: conversion('C'),
  conversion_d: conversion('D'),
  conversion_e: conversion('E'),
  operating_cost: {
    tags: OPERATING_COST_TAGS,
    fraction: (w) =>
      over(term('operating cost', operatingCost(w.means).total * w.runningHours, '$'), runningTime(w)),
  },
  operating_cost_per_kmol: {
    tags: OPERATING_COST_TAGS,
    fraction: ({ means }) => {
      const { total, productKmolPerHour } = operatingCost(means);
      return over(term('operating cost', 100 * total, '¢/h'), term('product', productKmolPerHour, 'kmol/h'));
    },
  },
  efficiency: {
    tags: OPERATING_COST_TAGS,
    fraction: ({ means }) =>
      over(
        term('reference cost', REFERENCE_CENTS_PER_KMOL, '¢/kmol'),
        term('actual cost', operatingCost(means).centsPerKmol, '¢/kmol'),
      ),
  },
  effectiveness: {
    tags: PRODUCT_TAGS,
    fraction: ({ means }) =>
      over(
        term('G and H in product', gAndHKgPerHour(means), 'kg/h'),
        term('G and H of operating mode 1', MODE_1_PRODUCT_KG_PER_HOUR, 'kg/h'),
      ),
  },
  availability: {
    tags: [],
    fraction: (w) => over(runningTime(w), term('planned time', w.plannedHours, 'h')),
  },
  oee: {
    tags: PRODUCT_TAGS,
    fraction: (w) => {
      const good = w.inSpecificationSamples / w.assayedSamples;
      return over(
        term('good G and H produced', gAndHKgPerHour(w.means) * w.runningHours * good, 'kg'),
        term(
          'G and H of operating mode 1 in planned time',
          MODE_1_PRODUCT_KG_PER_HOUR * w.plannedHours,
          'kg',
        ),
      );
    },
  },
};

/**
 * The plant's indicators over a window, in the order of {@link KPI_DEFINITIONS}. One that cannot be computed has
 * value null and says why; none throws.
 */
export function plantKpis(window: PlantWindow): PlantKpi[] {
  return KPI_DEFINITIONS.map((definition) => {
    const rule = RULES[definition.name];
    const obstacle = obstacleTo(rule, definition.name, window);
    if (obstacle !== null) return withoutValue(definition, obstacle);
    const { numerator, denominator } = rule.fraction(window);
    if (!(denominator.value > 0))
      return withoutValue(definition, {
        reason: `${denominator.label} is not positive`,
        reasonKo: `${KPI_TERMS_KO[denominator.label] ?? denominator.label}: 0 이하`,
      });
    const factor = definition.unit === '%' || definition.unit === 'mol%' ? 100 : 1;
    return {
      ...definition,
      value: (factor * numerator.value) / denominator.value,
      numerator,
      denominator,
      reason: null,
      reasonKo: null,
    };
  });
}

/** Why an indicator has no value, in both languages. */
interface Obstacle {
  readonly reason: string;
  readonly reasonKo: string;
}

function obstacleTo(rule: Rule, name: PlantKpiName, window: PlantWindow): Obstacle | null {
  if (window.plannedHours <= 0) return { reason: 'the window is empty', reasonKo: '빈 기간' };
  if (name === 'availability') return null;
  if (window.runningHours <= 0)
    return { reason: 'the plant did not run in this window', reasonKo: '이 기간에 플랜트가 가동하지 않음' };
  if (name === 'oee' && window.assayedSamples <= 0)
    return { reason: 'no analysis of the product in this window', reasonKo: '이 기간에 제품 분석값 없음' };
  const missing = rule.tags.filter((code) => !Number.isFinite(mean(window, code))).join(', ');
  return missing === '' ? null : { reason: `no values for ${missing}`, reasonKo: `${missing} 값 없음` };
}

function withoutValue(definition: KpiDefinition, obstacle: Obstacle): PlantKpi {
  return { ...definition, value: null, numerator: null, denominator: null, ...obstacle };
}

function conversion(reactant: Reactant): Rule {
  return {
    tags: CONVERSION_TAGS[reactant],
    fraction: ({ means }) => {
      const fed = feedKmolPerHour(reactant, means);
      const converted = fed - lossKmolPerHour(reactant, means);
      return over(term(`${reactant} converted`, converted, 'kmol/h'), term(`${reactant} fed`, fed, 'kmol/h'));
    },
  };
}

function productShare(component: string, code: string): Rule {
  return {
    tags: [code],
    fraction: (w) =>
      over(term(`${component} in product`, mean(w, code), 'kmol'), term('product', 100, 'kmol')),
  };
}

function mean(window: PlantWindow, code: string): number {
  return window.means[code] ?? NaN;
}
