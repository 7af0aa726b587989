/** One value per tag code; an absent or non-finite entry means that the value is not known. */
export type TagValues = Readonly<Partial<Record<string, number>>>;

/** Operating cost and its parts, $/h. */
export interface OperatingCost {
  readonly compressor: number;
  readonly steam: number;
  /** Worth of reactants and product lost with the purge. */
  readonly purgeLoss: number;
  /** Worth of D, E and F leaving with the product. */
  readonly productLoss: number;
  readonly total: number;
  /** Product rate the cost is referred to, kmol/h, from the product valve. */
  readonly productKmolPerHour: number;
  /** Total cost per kmol of product, US cents. */
  readonly centsPerKmol: number;
}

const COMPRESSOR_USD_PER_KWH = 0.0536;
const STEAM_USD_PER_KG = 0.0318;

/** kmol of purge per kscm, in the cost function as published. */
const PURGE_KMOL_FACTOR = 0.44791;

/** Worth of a component in the purge, $ per kmol (with the factor above and mole per cent), by analyser. */
const PURGE_WORTH: Readonly<Record<string, number>> = {
  XMEAS_29: 2.209, // A
  XMEAS_31: 6.177, // C
  XMEAS_32: 22.06, // D
  XMEAS_33: 14.56, // E
  XMEAS_34: 17.89, // F
  XMEAS_35: 30.44, // G
  XMEAS_36: 22.94, // H
};

/** Worth of a component in the product, $ per kmol of product and mole per cent, by analyser. */
const PRODUCT_WORTH: Readonly<Record<string, number>> = {
  XMEAS_37: 0.2206, // D
  XMEAS_38: 0.1456, // E
  XMEAS_39: 0.1789, // F
};

/** Product flow of the base case, kmol/h, and the valve position that gives it, %. */
const BASE_PRODUCT_KMOL_PER_HOUR = 211.3;
const BASE_PRODUCT_VALVE = 46.534;

/** Tags the cost depends on. */
export const OPERATING_COST_TAGS: readonly string[] = [
  'XMEAS_10',
  'XMEAS_19',
  'XMEAS_20',
  ...Object.keys(PURGE_WORTH),
  ...Object.keys(PRODUCT_WORTH),
  'XMV_08',
];

/**
 * Operating cost of the plant: compressor power, stripper steam and the worth of what leaves with purge and
 * product (Downs and Vogel 1993, in the form of Bathelt, Ricker and Jelali 2015). Means over a window may be
 * given in place of momentary values; the purge term, a product of two tags, then leaves out their covariance.
 * @throws RangeError naming the first tag of {@link OPERATING_COST_TAGS} that has no finite value
 */
export function operatingCost(values: TagValues): OperatingCost {
  const compressor = COMPRESSOR_USD_PER_KWH * known(values, 'XMEAS_20');
  const steam = STEAM_USD_PER_KG * known(values, 'XMEAS_19');
  const purgeLoss = PURGE_KMOL_FACTOR * known(values, 'XMEAS_10') * worth(values, PURGE_WORTH);
  const productKmolPerHour = (BASE_PRODUCT_KMOL_PER_HOUR * known(values, 'XMV_08')) / BASE_PRODUCT_VALVE;
  const productLoss = productKmolPerHour * worth(values, PRODUCT_WORTH);
  const total = compressor + steam + purgeLoss + productLoss;
  return {
    compressor,
    steam,
    purgeLoss,
    productLoss,
    total,
    productKmolPerHour,
    centsPerKmol: (100 * total) / productKmolPerHour,
  };
}

function worth(values: TagValues, prices: Readonly<Record<string, number>>): number {
  return Object.entries(prices).reduce((sum, [code, price]) => sum + price * known(values, code), 0);
}

function known(values: TagValues, code: string): number {
  const value = values[code];
  if (value === undefined || !Number.isFinite(value)) throw new RangeError(`${code} has no value`);
  return value;
}
