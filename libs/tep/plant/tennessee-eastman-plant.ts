import { solveBalances } from './balances.js';
import { DisturbanceWalks } from './disturbance-walks.js';
import { solveHeatTransfer } from './heat-transfer.js';
import { Analysers, CONTINUOUS_COUNT, solveMeasurements, XMEAS_COUNT, XMEAS_NOISE } from './measurements.js';
import type { NumberProfile } from './number-profile.js';
import { plantConstants, type PlantConstants } from './constants.js';
import { STATE_COUNT, VALVE_COUNT, VALVES } from './state.js';
import { PlantVariables } from './variables.js';
import { RandomGenerator, skipOfNormals } from './random-generator.js';
import { solveReactions } from './reactions.js';
import { shutdownCause, type ShutdownCause } from './shutdown.js';
import {
  solveFeedConditions,
  solvePressureFlows,
  solveStreamEnthalpies,
  solveValveFlows,
} from './streams.js';
import { solveStripper } from './stripper.js';
import { Valves } from './valves.js';
import { solveVessels } from './vessels.js';

export const IDV_COUNT = 20;

const CONTINUOUS_NOISE = skipOfNormals(CONTINUOUS_COUNT);

/** How a plant is started. */
export interface PlantOptions {
  profile: NumberProfile;
  /** Start value of the random generator. */
  seed: number;
  /** Measurement noise; without it the random draws are still taken, so that the disturbances stay the same. */
  noise: boolean;
  /** The 50 initial states. */
  state: Float64Array;
}

/**
 * The open-loop plant of Downs and Vogel (Comput. Chem. Eng. 17, 245–255, 1993): 50 states, 12 commands, 20
 * disturbances, 41 measurements. Measurements and random disturbances are side effects of the evaluation of the
 * derivatives, hence the fixed explicit Euler steps.
 */
export class TennesseeEastmanPlant {
  readonly k: PlantConstants;
  /** Plant time [h], accumulated step by step. */
  t = 0;
  readonly state = new Float64Array(STATE_COUNT);
  readonly derivative = new Float64Array(STATE_COUNT);
  /** Commands XMV 1…12 [%]. */
  readonly xmv = new Float64Array(VALVE_COUNT);
  /** Switches of IDV 1…20, 0 or 1. */
  readonly idv = new Uint8Array(IDV_COUNT);
  readonly variables = new PlantVariables();
  readonly generator: RandomGenerator;
  readonly walks = new DisturbanceWalks();
  readonly analysers: Analysers;
  readonly valves = new Valves();
  /** The limit violated at the last evaluation, if any; the state is frozen then. */
  shutdown: ShutdownCause | null = null;

  private readonly sigma: Float64Array;
  /** XMEAS 1…41 of the last evaluation; the continuous ones lack their noise while it is pending. */
  private readonly observed = new Float64Array(XMEAS_COUNT);
  /**
   * Noise costs as much as the balances and most evaluations are never looked at: the generator skips it, and it is
   * drawn from here when somebody looks.
   */
  private readonly pendingNoise: RandomGenerator;
  private noiseIsPending = false;

  constructor(options: PlantOptions) {
    this.k = plantConstants(options.profile);
    this.generator = new RandomGenerator(options.seed);
    this.pendingNoise = new RandomGenerator(options.seed);
    this.analysers = new Analysers(this.k);
    this.sigma = Float64Array.from(XMEAS_NOISE, (sigma) => (options.noise ? sigma : 0));
    this.state.set(options.state);
    this.xmv.set(this.state.subarray(VALVES));
    this.evaluate();
  }

  /** XMEAS 1…41 of the last evaluation, with noise. */
  get xmeas(): Float64Array {
    if (this.noiseIsPending) {
      this.pendingNoise.addNormals(this.sigma, this.observed, CONTINUOUS_COUNT);
      this.noiseIsPending = false;
    }
    return this.observed;
  }

  /** One evaluation at (t, state, xmv, idv): renews walks, measurements, shutdown and the 50 derivatives. */
  evaluate(): void {
    const { k, t, state, idv, walks, variables, derivative, observed } = this;
    if (t === 0) walks.reset();
    else walks.advanceTo(t, idv, this.generator);
    const { w } = walks;

    solveVessels(k, state, variables);
    solveFeedConditions(w, idv, variables);
    solveValveFlows(k, state, w, idv, variables);
    solvePressureFlows(k, state, w, variables);
    solveStripper(k, variables);
    solveStreamEnthalpies(k, variables);
    solveReactions(k, w, variables);
    solveHeatTransfer(k, state, w, variables);

    solveMeasurements(k, state, variables, observed);
    this.shutdown = shutdownCause(k, variables);
    this.noiseIsPending = t > 0 && this.shutdown === null;
    if (this.noiseIsPending) {
      this.pendingNoise.follow(this.generator);
      this.generator.skip(CONTINUOUS_NOISE);
    }
    if (t === 0) this.analysers.initialise(variables, observed);
    else this.analysers.deliver(t, variables, observed, this.noise);

    solveBalances(k, state, variables, derivative);
    this.valves.solve(t, state, this.xmv, idv, derivative);
    if (this.shutdown !== null) derivative.fill(0);
  }

  /** Explicit Euler step of `dt` hours. */
  step(dt: number): void {
    this.evaluate();
    const { state, derivative } = this;
    this.t += dt;
    for (let i = 0; i < STATE_COUNT; i++) state[i] += dt * derivative[i];
  }

  private readonly noise = (n: number): number => this.sigma[n] * this.generator.normal();
}
