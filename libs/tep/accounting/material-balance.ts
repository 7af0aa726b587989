import { A, C, D, E, G, H, componentProperties } from '../plant/component-properties.js';
import { singleLiteral } from '../plant/number-profile.js';
import type { TagValues } from './operating-cost.js';

/** Reactants of the plant and the index of each component. */
const REACTANTS = { A, C, D, E } as const;
export type Reactant = keyof typeof REACTANTS;

/** kg per kmol of A … H. */
const MOLECULAR_WEIGHT = componentProperties(singleLiteral('F64L')).M;

/** 1 lb-mol is 0.454 kmol and 0.359/35.3145 thousand standard m³: one kscm is 44.66 kmol. */
const KMOL_PER_KSCM = (0.454 * 35.3145) / 0.359;

/**
 * Molar density of the product at the base case: 465.341558 lb-mol/h · 0.454 in 22.94873009 m³/h. The product
 * dissolves 1.5 % of gas that no analyser sees, so the density is taken from the base case, not from analyses.
 */
const PRODUCT_KMOL_PER_M3 = (465.341558 * 0.454) / 22.94873009;

/** Mole fraction of the named component in streams 1, 2 and 3, and of A and C in stream 4, as nominally bought. */
const PURE_FEED = 0.9999;
const MIXED_FEED = { A: 0.485, C: 0.51 } as const;

/** Mean molecular weight of streams 2 and 3: 0.01 % of B and of F beside D and E. */
const D_FEED_KG_PER_KMOL = 0.9999 * 32 + 0.0001 * 25.4;
const E_FEED_KG_PER_KMOL = 0.9999 * 46 + 0.0001 * 48;

/** Analyser of a reactant in the purge, and in the product where there is one. */
const PURGE_ANALYSER: Readonly<Record<Reactant, string>> = {
  A: 'XMEAS_29',
  C: 'XMEAS_31',
  D: 'XMEAS_32',
  E: 'XMEAS_33',
};
const PRODUCT_ANALYSER: Readonly<Partial<Record<Reactant, string>>> = { D: 'XMEAS_37', E: 'XMEAS_38' };

/**
 * Reactant fed with streams 1–4, kmol/h. Feed compositions are the nominal ones (no analyser measures them), so a
 * disturbance of the composition of stream 4 shows as a change of conversion. NaN where a feed flow is unknown.
 */
export function feedKmolPerHour(reactant: Reactant, values: TagValues): number {
  switch (reactant) {
    case 'A':
      return KMOL_PER_KSCM * (PURE_FEED * at(values, 'XMEAS_01') + MIXED_FEED.A * at(values, 'XMEAS_04'));
    case 'C':
      return KMOL_PER_KSCM * MIXED_FEED.C * at(values, 'XMEAS_04');
    case 'D':
      return (PURE_FEED * at(values, 'XMEAS_02')) / D_FEED_KG_PER_KMOL;
    case 'E':
      return (PURE_FEED * at(values, 'XMEAS_03')) / E_FEED_KG_PER_KMOL;
  }
}

/**
 * Reactant that leaves unconverted with the purge and, where the product analyser sees it (D, E), with the
 * product, kmol/h. The traces of A and C dissolved in the product (0.5 and 1 % of the feed at base case) are not
 * measured and count as converted.
 */
export function lossKmolPerHour(reactant: Reactant, values: TagValues): number {
  const purge = (KMOL_PER_KSCM * at(values, 'XMEAS_10') * at(values, PURGE_ANALYSER[reactant])) / 100;
  const analyser = PRODUCT_ANALYSER[reactant];
  return analyser === undefined ? purge : purge + (productKmolPerHour(values) * at(values, analyser)) / 100;
}

/** Product flow (stream 11), kmol/h, from its volume flow. */
function productKmolPerHour(values: TagValues): number {
  return PRODUCT_KMOL_PER_M3 * at(values, 'XMEAS_17');
}

/** G and H in the product, kg/h. */
export function productKgPerHour(values: TagValues): { g: number; h: number } {
  const kmol = productKmolPerHour(values) / 100;
  return {
    g: kmol * at(values, 'XMEAS_40') * MOLECULAR_WEIGHT[G],
    h: kmol * at(values, 'XMEAS_41') * MOLECULAR_WEIGHT[H],
  };
}

/** Mass of the reactants A, C, D and E fed, kg/h. */
export function feedKgPerHour(values: TagValues): number {
  return (Object.keys(REACTANTS) as Reactant[]).reduce(
    (sum, reactant) => sum + feedKmolPerHour(reactant, values) * MOLECULAR_WEIGHT[REACTANTS[reactant]],
    0,
  );
}

function at(values: TagValues, code: string): number {
  return values[code] ?? NaN;
}
