/**
 * Who controls the plant: `braatz` is the plant-wide scheme behind the public data sets (base case, steps of 1 s);
 * `ricker-mode1` and `ricker-base` are Ricker's decentralized scheme at the mode-1 optimum and at the base case
 * (steps of 1.8 s).
 */
export type ControlSchemeName = 'braatz' | 'ricker-mode1' | 'ricker-base';

export const CONTROL_SCHEMES: readonly ControlSchemeName[] = ['braatz', 'ricker-mode1', 'ricker-base'];

/** What a controller sees and moves: XMEAS 1…41 and XMV 1…12, index 0 first. */
export interface ControlledPlant {
  readonly xmeas: Float64Array;
  readonly xmv: Float64Array;
}

/** A controller of the whole plant, called once per integration step. */
export interface ControlScheme {
  /** Integration step of the plant under this scheme [h] and its nominal length [s]. */
  readonly stepH: number;
  readonly stepS: number;
  /** Commands with which the scheme takes the plant over [%]. */
  readonly initialCommands: Float64Array;
  /** Acts at step `step` = 1, 2, …, between the evaluation of step − 1 and that of `step`. */
  act(step: number, plant: ControlledPlant): void;
  /** Everything the scheme remembers, as named lists of numbers. */
  snapshot(): ControlMemory;
  /** Takes a snapshot over; throws a TypeError that names what does not fit. */
  restore(memory: ControlMemory): void;
}

/** Memory of a control scheme, serialisable as JSON. */
export type ControlMemory = Record<string, number[]>;
