import type { ControlledPlant, ControlMemory, ControlScheme } from './control-scheme.js';
import { restoreNumbers } from './snapshot-numbers.js';

const { max, min } = Math;

/** Sampling period of the loops and integration step of the plant [h]. */
const STEP_H = 0.0005;
/** Steps between actions of the composition trims (0.1 h). */
const TRIM_EVERY = 200;
const TRIM_H = 0.1;

/** Discrete PI loops: gain K [output unit per engineering unit], reset time Ti [h], limits of the output. */
const LOOPS = {
  aFeed: { K: 0.01, Ti: 0.001 / 60, low: 0, high: 100 },
  dFeed: { K: 1.6e-6, Ti: 0.001 / 60, low: 0, high: 100 },
  eFeed: { K: 1.8e-6, Ti: 0.001 / 60, low: 0, high: 100 },
  acFeed: { K: 0.003, Ti: 0.001 / 60, low: 0, high: 100 },
  purge: { K: 0.01, Ti: 0.001 / 60, low: 0, high: 100 },
  separatorLiquid: { K: 4e-4, Ti: 0.001 / 60, low: 0, high: 100 },
  product: { K: 4e-4, Ti: 0.001 / 60, low: 0, high: 100 },
  productionRate: { K: 3.2, Ti: 120 / 60, low: -30, high: 30 },
  stripperLevel: { K: -2e-4, Ti: 200 / 60, low: 0, high: 100 },
  separatorLevel: { K: -1e-3, Ti: 200 / 60, low: 0, high: 100 },
  reactorLevel: { K: 0.8, Ti: 60 / 60, low: 0, high: 120 },
  separatorTemperature: { K: -4, Ti: 15 / 60, low: 0, high: 100 },
  reactorPressure: { K: -1e-4, Ti: 20 / 60, low: 0, high: 100 },
  reactorTemperature: { K: -8, Ti: 7.5 / 60, low: 0, high: 100 },
  gInProduct: { K: -0.4, Ti: 100 / 60, low: -Infinity, high: Infinity },
} as const;

type LoopName = keyof typeof LOOPS;

/** Velocity PI trims of the feed ratios on yA and yAC [1/%], reset times [h]. */
const TRIM_A = { K: 2e-4, Ti: 1 };
const TRIM_AC = { K: 3e-4, Ti: 2 };

/** Rate limits of the production and product-mix set points [per h]. */
const PRODUCTION_RATE_LIMIT = (0.3 * 22.95) / 24;
const MIX_RATE_LIMIT = 50 / 24;

/** Production at which the feed ratios are defined [m³/h]. */
const NOMINAL_PRODUCTION = 22.89;

/** What the operator asks of the plant. */
export interface DecentralizedSetPoints {
  /** Product flow [m³/h] and mole percent G in it. */
  production: number;
  gInProduct: number;
  /** Reactor level [%], pressure [kPa gauge], temperature [°C]. */
  reactorLevel: number;
  reactorPressure: number;
  reactorTemperature: number;
  /** Share of A in A + C, and A + C, in the reactor feed [%]. */
  yA: number;
  yAC: number;
  /** Commands held constant: recycle valve, steam valve, agitator [%]. */
  recycle: number;
  steam: number;
  agitator: number;
}

/** Controller memories at the start: outputs, last errors, feed ratios. */
export interface DecentralizedStart {
  output: Record<LoopName, number>;
  lastError?: Record<LoopName, number>;
  r1: number;
  r4: number;
  yALastError?: number;
  yACLastError?: number;
}

/** One discrete PI controller: it shows the output of the last sampling instant and prepares the next. */
class DiscretePi {
  lastError: number;

  constructor(
    private readonly design: (typeof LOOPS)[LoopName],
    public output: number,
    lastError: number,
  ) {
    this.lastError = lastError;
  }

  sample(setPoint: number, measured: number): void {
    const { K, Ti, low, high } = this.design;
    const e = setPoint - measured;
    const next = this.output + K * (e - this.lastError + (STEP_H / Ti) * e);
    this.output = min(max(next, low), high);
    this.lastError = e;
  }
}

const LOOP_NAMES = Object.keys(LOOPS) as LoopName[];

/**
 * The decentralized scheme of N. L. Ricker (J. Process Control 6, 205–221, 1996) without its override loops: a
 * production index scales six flow ratios, levels and pressure trim the ratios, feed-forward and feedback set the
 * product mix.
 */
export class DecentralizedControl implements ControlScheme {
  readonly stepH = STEP_H;
  readonly stepS = 1.8;
  readonly initialCommands = new Float64Array(12);

  private readonly loops: Record<LoopName, DiscretePi>;
  private r1: number;
  private r4: number;
  private yALastError: number;
  private yACLastError: number;
  /** Rate-limited set points. */
  private production: number;
  private gInProduct: number;

  private readonly setPoints: DecentralizedSetPoints;

  constructor(setPoints: DecentralizedSetPoints, start: DecentralizedStart) {
    this.setPoints = { ...setPoints };
    const entries = LOOP_NAMES.map((name) => {
      const pi = new DiscretePi(LOOPS[name], start.output[name], start.lastError?.[name] ?? 0);
      return [name, pi] as const;
    });
    this.loops = Object.fromEntries(entries) as Record<LoopName, DiscretePi>;
    this.r1 = start.r1;
    this.r4 = start.r4;
    this.yALastError = start.yALastError ?? 0;
    this.yACLastError = start.yACLastError ?? 0;
    this.production = setPoints.production;
    this.gInProduct = setPoints.gInProduct;
    this.writeCommands(this.initialCommands);
  }

  act(step: number, { xmeas, xmv }: ControlledPlant): void {
    const sample = step - 2; // the plant's evaluation of step 1 is sample 0, and becomes visible in step 2
    if (sample < 0) return;
    if (sample % TRIM_EVERY === 0) this.trimFeedRatios(xmeas);
    this.production = approach(this.production, this.setPoints.production, PRODUCTION_RATE_LIMIT * STEP_H);
    this.gInProduct = approach(this.gInProduct, this.setPoints.gInProduct, MIX_RATE_LIMIT * STEP_H);
    this.sampleLoops(xmeas);
    this.writeCommands(xmv);
  }

  snapshot(): ControlMemory {
    const { setPoints } = this;
    return {
      output: LOOP_NAMES.map((name) => this.loops[name].output),
      lastError: LOOP_NAMES.map((name) => this.loops[name].lastError),
      trim: [this.r1, this.r4, this.yALastError, this.yACLastError],
      limited: [this.production, this.gInProduct],
      setPoints: SET_POINT_NAMES.map((name) => setPoints[name]),
    };
  }

  restore(memory: ControlMemory): void {
    const output = new Float64Array(LOOP_NAMES.length);
    const lastError = new Float64Array(LOOP_NAMES.length);
    const trim = new Float64Array(4);
    const limited = new Float64Array(2);
    const setPoints = new Float64Array(SET_POINT_NAMES.length);
    restoreNumbers(memory.output, output, 'control.output');
    restoreNumbers(memory.lastError, lastError, 'control.lastError');
    restoreNumbers(memory.trim, trim, 'control.trim');
    restoreNumbers(memory.limited, limited, 'control.limited');
    restoreNumbers(memory.setPoints, setPoints, 'control.setPoints');
    LOOP_NAMES.forEach((name, i) => {
      this.loops[name].output = output[i];
      this.loops[name].lastError = lastError[i];
    });
    [this.r1, this.r4, this.yALastError, this.yACLastError] = trim;
    [this.production, this.gInProduct] = limited;
    SET_POINT_NAMES.forEach((name, i) => (this.setPoints[name] = setPoints[i]));
  }

  /** Velocity PI on the composition of the reactor feed; the new ratios act at once. */
  private trimFeedRatios(xmeas: Float64Array): void {
    const yAC = xmeas[22] + xmeas[24];
    const yA = (100 * xmeas[22]) / yAC;
    const eA = this.setPoints.yA - yA;
    const eAC = this.setPoints.yAC - yAC;
    const dA = TRIM_A.K * (eA - this.yALastError + (TRIM_H / TRIM_A.Ti) * eA);
    const dC = TRIM_AC.K * (eAC - this.yACLastError + (TRIM_H / TRIM_AC.Ti) * eAC);
    this.yALastError = eA;
    this.yACLastError = eAC;
    this.r1 += dA;
    this.r4 += dC - dA;
  }

  /** All loops, with the set points that the outputs of this instant give. */
  private sampleLoops(xmeas: Float64Array): void {
    const { loops, setPoints, gInProduct: g } = this;
    const Fp = (100 / NOMINAL_PRODUCTION) * this.production + loops.productionRate.output;
    const mixTrim = loops.gInProduct.output / Fp;
    const r2 = 1.5192e-3 * g * g + 0.59446 * g + 0.2769 - 32 * mixTrim;
    const r3 = -1.1377e-3 * g * g - 0.80893 * g + 91.06 + 46 * mixTrim;
    const r5 = loops.reactorPressure.output;
    const r6 = loops.separatorLevel.output;
    const r7 = loops.stripperLevel.output;
    const separatorTemperature = loops.reactorLevel.output;

    loops.aFeed.sample(this.r1 * Fp, xmeas[0]);
    loops.dFeed.sample(r2 * Fp, xmeas[1]);
    loops.eFeed.sample(r3 * Fp, xmeas[2]);
    loops.acFeed.sample(this.r4 * Fp, xmeas[3]);
    loops.purge.sample(r5 * Fp, xmeas[9]);
    loops.separatorLiquid.sample(r6 * Fp, xmeas[13]);
    loops.product.sample(r7 * Fp, xmeas[16]);
    loops.productionRate.sample(this.production, xmeas[16]);
    loops.stripperLevel.sample(50, xmeas[14]);
    loops.separatorLevel.sample(50, xmeas[11]);
    loops.reactorLevel.sample(setPoints.reactorLevel, xmeas[7]);
    loops.separatorTemperature.sample(separatorTemperature, xmeas[10]);
    loops.reactorPressure.sample(setPoints.reactorPressure, xmeas[6]);
    loops.reactorTemperature.sample(setPoints.reactorTemperature, xmeas[8]);
    loops.gInProduct.sample(g, xmeas[39]);
  }

  private writeCommands(xmv: Float64Array): void {
    const { loops, setPoints } = this;
    xmv[0] = loops.dFeed.output;
    xmv[1] = loops.eFeed.output;
    xmv[2] = loops.aFeed.output;
    xmv[3] = loops.acFeed.output;
    xmv[4] = setPoints.recycle;
    xmv[5] = loops.purge.output;
    xmv[6] = loops.separatorLiquid.output;
    xmv[7] = loops.product.output;
    xmv[8] = setPoints.steam;
    xmv[9] = loops.reactorTemperature.output;
    xmv[10] = loops.separatorTemperature.output;
    xmv[11] = setPoints.agitator;
  }
}

const SET_POINT_NAMES: ReadonlyArray<keyof DecentralizedSetPoints> = [
  'production',
  'gInProduct',
  'reactorLevel',
  'reactorPressure',
  'reactorTemperature',
  'yA',
  'yAC',
  'recycle',
  'steam',
  'agitator',
];

/** `value` moved towards `goal` by at most `step`. */
function approach(value: number, goal: number, step: number): number {
  return value + min(max(goal - value, -step), step);
}
