import type { ControlScheme, ControlSchemeName } from '../control/control-scheme.js';
import { DecentralizedControl } from '../control/decentralized-control.js';
import {
  BASE_CASE_SET_POINTS,
  BASE_CASE_START,
  MODE1_SET_POINTS,
  MODE1_START,
  MODE1_STATE,
} from '../control/decentralized-start.js';
import { XMEAS_COUNT } from '../plant/measurements.js';
import type { NumberProfile } from '../plant/number-profile.js';
import { baseCaseState, VALVE_COUNT } from '../plant/state.js';
import { PlantWideControl } from '../control/plant-wide-control.js';
import type { Shutdown } from '../plant/shutdown.js';
import { IDV_COUNT, TennesseeEastmanPlant } from '../plant/tennessee-eastman-plant.js';
import { parseTepSnapshot, TEP_SNAPSHOT_VERSION, type TepSnapshot } from './tep-snapshot.js';
import { restoreNumbers } from '../control/snapshot-numbers.js';

export interface TepSimulationOptions {
  /** Start value of the random generator, >= 0; values above 2³² are legal. */
  seed: number;
  /** Default `F32L`, which made the public data. */
  profile?: NumberProfile | undefined;
  /** Default `braatz`. */
  scheme?: ControlSchemeName | undefined;
  /** Measurement noise, default on. Off, the random draws are still taken. */
  noise?: boolean | undefined;
}

/** XMEAS 1…41 and XMV 1…12. */
export const RECORD_LENGTH = XMEAS_COUNT + VALVE_COUNT;

/** Fault 21: the valve of stream 4 (A/C feed) held at its steady-state position. */
export const HELD_VALVE_FAULT = 21;
const STREAM_4_COMMAND = 3;

const CLOCK_TOLERANCE_S = 1e-6;

/**
 * The plant under closed-loop control, step by step.
 *
 * A step k = 1, 2, … consists of the controllers' action, the moment at which the plant is observed and disturbed, and
 * the integration. `step()` ends at the moment of observation: it integrates what the previous step left over, then
 * lets the controllers act. So `record()` after k steps shows what row k of a one-second recording in the convention
 * of the public data holds: measurements of the evaluation before, commands of this step before they are clamped.
 *
 * One step costs about a microsecond or two and allocates nothing; `advance` may therefore be called in slices of any
 * length. Time accumulates for as long as wanted, but the generator's period is at most 2²⁷ draws, about 141 h at 264
 * draws a second: call `reseed` now and then in a simulation that runs for weeks.
 */
export class TepSimulation {
  readonly profile: NumberProfile;
  readonly scheme: ControlSchemeName;
  readonly noise: boolean;

  private readonly plant: TennesseeEastmanPlant;
  private readonly control: ControlScheme;
  private steps = 0;
  private clock = 0;
  private stream4Held = false;
  private tripped: Shutdown | null = null;

  constructor(options: TepSimulationOptions) {
    this.profile = options.profile ?? 'F32L';
    this.scheme = options.scheme ?? 'braatz';
    this.noise = options.noise ?? true;
    this.control = createControl(this.scheme, this.profile);
    this.plant = new TennesseeEastmanPlant({
      profile: this.profile,
      seed: options.seed,
      noise: this.noise,
      state: this.scheme === 'ricker-mode1' ? MODE1_STATE : baseCaseState(this.profile),
    });
    this.plant.xmv.set(this.control.initialCommands);
  }

  /** Steps taken. */
  get stepCount(): number {
    return this.steps;
  }

  /** Length of a step [s]: 1, or 1.8 under Ricker's scheme. */
  get stepS(): number {
    return this.control.stepS;
  }

  /** The simulation clock [s]: what `advance` was asked for in total. */
  get clockS(): number {
    return this.clock;
  }

  /** Plant time of the next integration [h], accumulated in the number profile. */
  get timeH(): number {
    return this.plant.t;
  }

  /** The trip that ended production, if any. The state is frozen from then on. */
  get shutdown(): Shutdown | null {
    return this.tripped;
  }

  /** Numbers of the active disturbances, 1…21, ascending. */
  get disturbances(): number[] {
    const active: number[] = [];
    this.plant.idv.forEach((on, i) => {
      if (on) active.push(i + 1);
    });
    if (this.stream4Held) active.push(HELD_VALVE_FAULT);
    return active;
  }

  /**
   * Switches a disturbance on or off from the coming integration on: IDV 1…20 of the plant, or 21, the A/C feed valve
   * held at its steady-state position.
   *
   * @throws RangeError when there is no such disturbance.
   */
  setDisturbance(idv: number, on: boolean): void {
    if (!Number.isInteger(idv) || idv < 1 || idv > HELD_VALVE_FAULT) {
      throw new RangeError(`There is no disturbance ${idv}; they are numbered 1 to ${HELD_VALVE_FAULT}`);
    }
    if (idv !== HELD_VALVE_FAULT) {
      this.plant.idv[idv - 1] = on ? 1 : 0;
      return;
    }
    this.stream4Held = on;
    this.holdStream4();
  }

  /** Switches all disturbances off. */
  clearDisturbances(): void {
    this.plant.idv.fill(0);
    this.stream4Held = false;
  }

  /** Gives the random generator a new start value. */
  reseed(seed: number): void {
    this.plant.generator.state = seed;
  }

  /** One step; see the class. */
  step(): void {
    const { plant, control } = this;
    if (this.steps > 0) {
      const { t } = plant;
      plant.step(control.stepH);
      if (plant.shutdown !== null && this.tripped === null)
        this.tripped = { cause: plant.shutdown, timeH: t };
    }
    this.steps++;
    this.clock = this.steps * control.stepS;
    control.act(this.steps, plant);
    this.holdStream4();
  }

  /** Advances the clock by `seconds`, taking the steps that end by then. */
  advance(seconds: number): void {
    if (!(seconds >= 0)) throw new RangeError(`Cannot advance by ${seconds} seconds`);
    const clock = this.clock + seconds;
    const { stepS } = this.control;
    while ((this.steps + 1) * stepS <= clock + CLOCK_TOLERANCE_S) this.step();
    this.clock = clock;
  }

  /** Writes the 53 values XMEAS 1…41, XMV 1…12 into `out` from `offset` on. */
  record(out: Float64Array, offset = 0): void {
    out.set(this.plant.xmeas, offset);
    out.set(this.plant.xmv, offset + XMEAS_COUNT);
  }

  /** Everything a continuation needs, as plain JSON; `TepSimulation.restore` continues it bit by bit. */
  snapshot(): TepSnapshot {
    const { plant } = this;
    const { walks, analysers } = plant;
    return {
      version: TEP_SNAPSHOT_VERSION,
      profile: this.profile,
      scheme: this.scheme,
      noise: this.noise,
      steps: this.steps,
      clockS: this.clock,
      timeH: plant.t,
      generator: plant.generator.state,
      disturbances: this.disturbances,
      shutdown: this.tripped === null ? null : { ...this.tripped },
      state: [...plant.state],
      temperatures: [...plant.variables.T],
      xmeas: [...plant.xmeas],
      xmv: [...plant.xmv],
      effectiveCommands: [...plant.valves.effective],
      walks: {
        a: [...walks.a],
        b: [...walks.b],
        c: [...walks.c],
        d: [...walks.d],
        tLast: [...walks.tLast],
        tNext: [...walks.tNext],
      },
      analysers: {
        stored: [...analysers.stored],
        gasNext: analysers.gasNext,
        productNext: analysers.productNext,
      },
      control: this.control.snapshot(),
    };
  }

  /**
   * A simulation that continues from a snapshot, also one that has been through JSON text.
   *
   * @throws TypeError that names the field when the snapshot is of another version or damaged.
   */
  static restore(snapshot: unknown): TepSimulation {
    const saved = parseTepSnapshot(snapshot);
    const simulation = new TepSimulation({
      seed: saved.generator,
      profile: saved.profile,
      scheme: saved.scheme,
      noise: saved.noise,
    });
    simulation.takeOver(saved);
    return simulation;
  }

  private takeOver(saved: TepSnapshot): void {
    const { plant } = this;
    const { walks, analysers } = plant;
    this.steps = saved.steps;
    this.clock = saved.clockS;
    this.tripped = saved.shutdown;
    plant.t = saved.timeH;
    plant.shutdown = saved.shutdown?.cause ?? null;
    restoreNumbers(saved.state, plant.state, 'state');
    restoreNumbers(saved.temperatures, plant.variables.T, 'temperatures');
    restoreNumbers(saved.xmeas, plant.xmeas, 'xmeas');
    restoreNumbers(saved.xmv, plant.xmv, 'xmv');
    restoreNumbers(saved.effectiveCommands, plant.valves.effective, 'effectiveCommands');
    for (const name of ['a', 'b', 'c', 'd', 'tLast', 'tNext'] as const) {
      restoreNumbers(saved.walks[name], walks[name], `walks.${name}`);
    }
    restoreNumbers(saved.analysers.stored, analysers.stored, 'analysers.stored');
    analysers.gasNext = saved.analysers.gasNext;
    analysers.productNext = saved.analysers.productNext;
    for (const idv of saved.disturbances) {
      if (idv <= IDV_COUNT) plant.idv[idv - 1] = 1;
      else this.stream4Held = true;
    }
    this.control.restore(saved.control);
  }

  private holdStream4(): void {
    if (this.stream4Held) this.plant.xmv[STREAM_4_COMMAND] = this.control.initialCommands[STREAM_4_COMMAND];
  }
}

function createControl(scheme: ControlSchemeName, profile: NumberProfile): ControlScheme {
  if (scheme === 'braatz') return new PlantWideControl(profile);
  if (scheme === 'ricker-mode1') return new DecentralizedControl(MODE1_SET_POINTS, MODE1_START);
  return new DecentralizedControl(BASE_CASE_SET_POINTS, BASE_CASE_START);
}
