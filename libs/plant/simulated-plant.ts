import {
  RECORD_LENGTH,
  roundToSignificantDigits,
  type ShutdownCause,
  TepSimulation,
  type TepSnapshot,
} from '#tep';
import { seedOfStretch } from './plant-seed.js';

/** Time between records. They lie on whole multiples of it since 1970, so that buckets of time hold equally many. */
export const RECORD_INTERVAL_MS = 180_000;
/** Length of a lot, and of a stretch on one seed: well within the generator's period. */
export const STRETCH_MS = 86_400_000;
/** Resolution of the instruments, the same as in the public data that models learn from. */
const SIGNIFICANT_DIGITS = 5;

/** The 53 values at one moment: XMEAS 1…41, XMV 1…12. */
export interface PlantRecord {
  /** Plant time, epoch milliseconds. */
  ts: number;
  values: Float64Array;
}

/** A disturbance that is on; times are plant time. */
export interface ActiveDisturbance {
  idv: number;
  since: number;
  /** When it ends by itself; null when it has to be switched off. */
  until: number | null;
}

/** The shutdown of the plant: the limit that was violated, and when. */
export interface PlantTrip {
  cause: ShutdownCause;
  at: number;
}

/** All a simulated plant needs to continue bit by bit; times are plant time, epoch milliseconds. */
export interface SimulatedPlantState {
  /** Where the series begins. */
  firstMs: number;
  /** Where the current simulation was at its own time 0: `firstMs`, or the last restart. */
  originMs: number;
  timeMs: number;
  seed: number;
  /** Stretches of random numbers begun since the first one. */
  reseeds: number;
  disturbances: ActiveDisturbance[];
  trip: PlantTrip | null;
  snapshot: TepSnapshot;
}

/**
 * A simulation of the plant laid on plant time: it makes a record every three minutes, ends disturbances when they are
 * over, and draws on new random numbers every 24 hours and after a restart. What it does depends on its state and on
 * the moments of its commands, never on how the time between is cut into pieces.
 */
export class SimulatedPlant {
  private changeCount = 0;

  private constructor(
    private readonly state: Omit<SimulatedPlantState, 'snapshot'>,
    private simulation: TepSimulation,
  ) {}

  /** A plant at the base case. @param firstMs where its series begins, on the grid of the records */
  static begin(firstMs: number, seed: number): SimulatedPlant {
    const state = {
      firstMs,
      originMs: firstMs,
      timeMs: firstMs,
      seed,
      reseeds: 0,
      disturbances: [],
      trip: null,
    };
    return new SimulatedPlant(state, new TepSimulation({ seed }));
  }

  /**
   * The plant as it was when `state()` was taken.
   * @throws TypeError when the snapshot is of another version or damaged
   */
  static resume({ snapshot, ...state }: SimulatedPlantState): SimulatedPlant {
    return new SimulatedPlant(
      { ...state, disturbances: [...state.disturbances] },
      TepSimulation.restore(snapshot),
    );
  }

  /** A plant at the base case that continues the series of a state whose snapshot cannot be read. */
  static replace(state: Omit<SimulatedPlantState, 'snapshot'>): SimulatedPlant {
    const plant = new SimulatedPlant({ ...state }, new TepSimulation({ seed: state.seed }));
    plant.restart();
    return plant;
  }

  get timeMs(): number {
    return this.state.timeMs;
  }

  get disturbances(): readonly ActiveDisturbance[] {
    return this.state.disturbances;
  }

  get trip(): PlantTrip | null {
    return this.state.trip;
  }

  /** Counts how often a disturbance went on or off or the plant tripped or restarted, in this process. */
  get changes(): number {
    return this.changeCount;
  }

  /** Plant time at which the next stretch, and with it the next lot, begins. */
  get nextStretchMs(): number {
    return firstAfter(this.state.timeMs, STRETCH_MS, this.state.firstMs);
  }

  /**
   * Moves plant time on to `toMs` and returns the records that fell due. It takes two to four microseconds a plant
   * second; the caller cuts long ways into slices.
   */
  advance(toMs: number): PlantRecord[] {
    const records: PlantRecord[] = [];
    while (this.state.timeMs < toMs) {
      this.moveTo(Math.min(toMs, this.nextEventMs()));
      if (this.state.timeMs % RECORD_INTERVAL_MS === 0) records.push(this.record());
      if ((this.state.timeMs - this.state.firstMs) % STRETCH_MS === 0)
        this.simulation.reseed(this.nextSeed());
      for (const { idv, until } of [...this.state.disturbances]) {
        if (until !== null && until <= this.state.timeMs) this.clear(idv);
      }
    }
    return records;
  }

  /** @returns false when it is on already */
  inject(idv: number, durationMs: number | null): boolean {
    if (this.isActive(idv)) return false;
    this.simulation.setDisturbance(idv, true);
    this.changeCount++;
    const since = this.state.timeMs;
    this.state.disturbances.push({ idv, since, until: durationMs === null ? null : since + durationMs });
    return true;
  }

  /** @returns false when it is not on */
  clear(idv: number): boolean {
    if (!this.isActive(idv)) return false;
    this.simulation.setDisturbance(idv, false);
    this.changeCount++;
    this.state.disturbances = this.state.disturbances.filter((active) => active.idv !== idv);
    return true;
  }

  /** Puts the plant back to the base case, without disturbances; plant time goes on. */
  restart(): void {
    this.state.originMs = this.state.timeMs;
    this.state.disturbances = [];
    this.state.trip = null;
    this.simulation = new TepSimulation({ seed: this.nextSeed() });
    this.changeCount++;
  }

  toState(): SimulatedPlantState {
    return {
      ...this.state,
      disturbances: [...this.state.disturbances],
      snapshot: this.simulation.snapshot(),
    };
  }

  private isActive(idv: number): boolean {
    return this.state.disturbances.some((active) => active.idv === idv);
  }

  private nextSeed(): number {
    this.state.reseeds++;
    return seedOfStretch(this.state.seed, this.state.reseeds);
  }

  private nextEventMs(): number {
    const { timeMs, disturbances } = this.state;
    return Math.min(
      firstAfter(timeMs, RECORD_INTERVAL_MS, 0),
      this.nextStretchMs,
      ...disturbances.map(({ until }) => until ?? Infinity),
    );
  }

  private moveTo(timeMs: number): void {
    const clockS = (timeMs - this.state.originMs) / 1_000;
    this.simulation.advance(clockS - this.simulation.clockS);
    this.state.timeMs = timeMs;
    const { shutdown } = this.simulation;
    if (shutdown === null || this.state.trip !== null) return;
    this.changeCount++;
    this.state.trip = {
      cause: shutdown.cause,
      at: this.state.originMs + Math.round(shutdown.timeH * 3_600) * 1_000,
    };
  }

  private record(): PlantRecord {
    const values = new Float64Array(RECORD_LENGTH);
    this.simulation.record(values);
    for (let i = 0; i < RECORD_LENGTH; i++)
      values[i] = roundToSignificantDigits(values[i], SIGNIFICANT_DIGITS);
    return { ts: this.state.timeMs, values };
  }
}

/** First moment after `timeMs` that lies a whole number of intervals after `origin`. */
function firstAfter(timeMs: number, interval: number, origin: number): number {
  return origin + (Math.floor((timeMs - origin) / interval) + 1) * interval;
}
