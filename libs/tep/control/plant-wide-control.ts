import type { ControlledPlant, ControlMemory, ControlScheme } from './control-scheme.js';
import { singleLiteral, type NumberProfile } from '../plant/number-profile.js';
import { plantConstants } from '../plant/constants.js';
import { restoreNumbers } from './snapshot-numbers.js';

const { max, min } = Math;

interface LoopDesign {
  /** Number of the loop. */
  n: number;
  /** Controlled XMEAS, its span, set point at the start. */
  pv: number;
  span: number;
  SP: number;
  /** Gain, and the same as the historical compiler folded it where that differs from the rounded decimal. */
  K: number;
  K32?: number;
  /** Reset time [s]; none for proportional loops. */
  Ti?: number;
  /** The command it moves, or the loop whose set point it moves with that loop's span. */
  xmv?: number;
  sp?: number;
  spSpan?: number;
}

/** Loops by interval [steps of 1 s], in order of execution. */
const LOOPS: ReadonlyArray<{ every: number; loops: readonly LoopDesign[] }> = [
  {
    every: 3,
    loops: [
      { n: 1, pv: 2, span: 5811, SP: 3664.0, K: 1, xmv: 1 },
      { n: 2, pv: 3, span: 8354, SP: 4509.3, K: 1, xmv: 2 },
      { n: 3, pv: 1, span: 1.017, SP: 0.25052, K: 1, xmv: 3 },
      { n: 4, pv: 4, span: 15.25, SP: 9.3477, K: 1, xmv: 4 },
      { n: 5, pv: 5, span: 53, SP: 26.902, K: -0.083, Ti: 1, xmv: 5 },
      { n: 6, pv: 10, span: 1, SP: 0.33712, K: 1.22, xmv: 6 },
      { n: 7, pv: 12, span: 70, SP: 50.0, K: -2.06, xmv: 7 },
      { n: 8, pv: 15, span: 70, SP: 50.0, K: -1.62, xmv: 8 },
      { n: 9, pv: 19, span: 460, SP: 230.31, K: 0.41, xmv: 9 },
      { n: 10, pv: 21, span: 150, SP: 94.599, K: -1.56, K32: -1.5600000619888306, Ti: 1452, xmv: 10 },
      { n: 11, pv: 17, span: 46, SP: 22.949, K: 1.09, Ti: 2600, xmv: 11 },
      {
        n: 16,
        pv: 18,
        span: 130,
        SP: 65.731,
        K: 0.169,
        K32: 0.16899999976158142,
        Ti: 236,
        sp: 9,
        spSpan: 460,
      },
      { n: 17, pv: 8, span: 50, SP: 75.0, K: 1.11, K32: 1.1100000143051147, Ti: 3168, sp: 4, spSpan: 15.25 },
      { n: 18, pv: 9, span: 150, SP: 120.4, K: 28.3, K32: 28.299999237060547, Ti: 982, sp: 10, spSpan: 150 },
    ],
  },
  {
    every: 360,
    loops: [
      { n: 13, pv: 23, span: 100, SP: 32.188, K: 18, Ti: 3168, sp: 3, spSpan: 1.017 },
      { n: 14, pv: 26, span: 100, SP: 6.882, K: 8.3, Ti: 3168, sp: 1, spSpan: 5811 },
      { n: 15, pv: 27, span: 100, SP: 18.776, K: 2.37, Ti: 5069, sp: 2, spSpan: 8354 },
      {
        n: 19,
        pv: 30,
        span: 26,
        SP: 13.823,
        K: -83.2 / 15,
        K32: -5.546666622161865,
        Ti: 6336,
        sp: 6,
        spSpan: 1,
      },
    ],
  },
  {
    every: 900,
    loops: [
      {
        n: 20,
        pv: 38,
        span: 1.6,
        SP: 0.8357,
        K: -3.26,
        K32: -3.2599997520446777,
        Ti: 12408,
        sp: 16,
        spSpan: 130,
      },
    ],
  },
];

const HIGHEST_LOOP = 20;
const PURGE_LOOP = 6;
const SEPARATOR_PRESSURE = 13;
const AGITATOR = 11;

/** Commands at the start; the agitator stays at 50 %. */
const INITIAL_COMMANDS = [
  63.053, 53.98, 24.644, 61.302, 22.21, 40.064, 38.1, 46.534, 47.446, 41.106, 18.114, 50,
];

/** A loop ready to run. */
interface Loop {
  readonly n: number;
  readonly pv: number;
  readonly span: number;
  readonly K: number;
  /** Time between executions over reset time; 0 for proportional loops. */
  readonly intervalPerTi: number;
  /** Command index, or −1 when the loop moves the set point of loop `sp`. */
  readonly xmv: number;
  readonly sp: number;
  readonly spSpan: number;
}

/** What the override of the purge loop does at present. */
const NORMAL = 0;
const PURGE_OPEN = 1;
const PURGE_SHUT = 2;

/**
 * The plant-wide scheme that generated the public Braatz data: velocity-form P and PI loops on scaled errors in
 * cascades, after P. R. Lyman and C. Georgakis (Comput. Chem. Eng. 19, 321–331, 1995) as programmed by Russell, Chiang
 * and Braatz. It has no anti-windup and no set-point limits; commands are clamped after each step only, so that the
 * commands seen between steps may lie a little outside 0…100 %.
 */
export class PlantWideControl implements ControlScheme {
  readonly stepS = 1;
  readonly stepH: number;
  readonly initialCommands: Float64Array;
  /** Set points and last scaled errors by loop number. */
  readonly setPoint = new Float64Array(HIGHEST_LOOP + 1);
  private readonly lastError = new Float64Array(HIGHEST_LOOP + 1);
  private override = NORMAL;

  private readonly schedule: ReadonlyArray<{ every: number; loops: readonly Loop[] }>;
  private readonly purge: { high: number; low: number; base: number; command: number; setPoint: number };

  constructor(profile: NumberProfile) {
    const s = singleLiteral(profile);
    this.stepH = plantConstants(profile).second;
    this.initialCommands = Float64Array.from(INITIAL_COMMANDS, s);
    this.schedule = LOOPS.map(({ every, loops }) => ({
      every,
      loops: loops.map((design) => this.prepare(design, every, profile)),
    }));
    for (const { loops } of LOOPS) for (const { n, SP } of loops) this.setPoint[n] = s(SP);
    this.purge = { high: 2950, low: 2300, base: s(2633.7), command: s(40.06), setPoint: s(0.33712) };
  }

  act(step: number, plant: ControlledPlant): void {
    clampCommands(plant.xmv);
    for (const { every, loops } of this.schedule) {
      if (step % every !== 0) continue;
      const { xmeas, xmv } = plant;
      for (const loop of loops) {
        if (loop.n === PURGE_LOOP && this.purgeOverride(xmeas[SEPARATOR_PRESSURE - 1], xmv)) continue;
        this.execute(loop, xmeas, xmv);
      }
    }
  }

  snapshot(): ControlMemory {
    return { setPoint: [...this.setPoint], lastError: [...this.lastError], override: [this.override] };
  }

  restore(memory: ControlMemory): void {
    const override = new Float64Array(1);
    restoreNumbers(memory.override, override, 'control.override');
    restoreNumbers(memory.setPoint, this.setPoint, 'control.setPoint');
    restoreNumbers(memory.lastError, this.lastError, 'control.lastError');
    this.override = override[0];
  }

  private prepare(design: LoopDesign, every: number, profile: NumberProfile): Loop {
    const s = singleLiteral(profile);
    return {
      n: design.n,
      pv: design.pv - 1,
      span: s(design.span),
      K: profile === 'F32L' ? (design.K32 ?? s(design.K)) : design.K,
      intervalPerTi: design.Ti === undefined ? 0 : (every * this.stepH) / s(design.Ti / 3600),
      xmv: (design.xmv ?? 0) - 1,
      sp: design.sp ?? 0,
      spSpan: s(design.spSpan ?? 0),
    };
  }

  /** Velocity form on the scaled error: Δ = K·[(e − e_old) + e·(interval/Ti)]. */
  private execute(loop: Loop, xmeas: Float64Array, xmv: Float64Array): void {
    const { n } = loop;
    const e = ((this.setPoint[n] - xmeas[loop.pv]) * 100) / loop.span;
    const change = loop.K * (e - this.lastError[n] + e * loop.intervalPerTi);
    this.lastError[n] = e;
    if (loop.xmv >= 0) xmv[loop.xmv] += change;
    else this.setPoint[loop.sp] += (change * loop.spSpan) / 100;
  }

  /** Opens or shuts the purge fully while the separator pressure [kPa gauge] is out of bounds; true when it acted. */
  private purgeOverride(pressure: number, xmv: Float64Array): boolean {
    const { high, low, base } = this.purge;
    if (pressure >= high) this.override = PURGE_OPEN;
    else if (this.override === PURGE_OPEN && pressure < base) return this.releasePurge(xmv);
    else if (this.override !== PURGE_OPEN && pressure <= low) this.override = PURGE_SHUT;
    else if (this.override === PURGE_SHUT && pressure > base) return this.releasePurge(xmv);
    if (this.override === NORMAL) return false;
    xmv[PURGE_LOOP - 1] = this.override === PURGE_OPEN ? 100 : 0;
    return true;
  }

  private releasePurge(xmv: Float64Array): true {
    xmv[PURGE_LOOP - 1] = this.purge.command;
    this.setPoint[PURGE_LOOP] = this.purge.setPoint;
    this.lastError[PURGE_LOOP] = 0;
    this.override = NORMAL;
    return true;
  }
}

/** All but the constant agitator speed. */
function clampCommands(xmv: Float64Array): void {
  for (let k = 0; k < AGITATOR; k++) xmv[k] = min(max(xmv[k], 0), 100);
}
