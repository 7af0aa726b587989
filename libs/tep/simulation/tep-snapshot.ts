import { CONTROL_SCHEMES, type ControlMemory, type ControlSchemeName } from '../control/control-scheme.js';
import type { NumberProfile } from '../plant/number-profile.js';
import { SHUTDOWN_LIMITS, type Shutdown } from '../plant/shutdown.js';

/** Raised when a snapshot of an older layout could no longer be continued. */
export const TEP_SNAPSHOT_VERSION = 1;

/** Polynomial pieces of the twelve disturbance walks, times in hours. */
interface WalksSnapshot {
  a: number[];
  b: number[];
  c: number[];
  d: number[];
  tLast: number[];
  tNext: number[];
}

/** All a simulation needs to continue bit by bit; plain JSON. */
export interface TepSnapshot {
  version: typeof TEP_SNAPSHOT_VERSION;
  profile: NumberProfile;
  scheme: ControlSchemeName;
  noise: boolean;
  /** Steps taken and simulation clock [s]. */
  steps: number;
  clockS: number;
  /** Plant time [h]. */
  timeH: number;
  /** State of the random generator. */
  generator: number;
  /** Active disturbances, 1…21. */
  disturbances: number[];
  shutdown: Shutdown | null;
  /** The 50 states of the plant. */
  state: number[];
  /** Temperatures of the four vessels [°C], from which the next evaluation starts its iterations. */
  temperatures: number[];
  /** Measurements and commands as they stand. */
  xmeas: number[];
  xmv: number[];
  /** Commands the valves obey. */
  effectiveCommands: number[];
  walks: WalksSnapshot;
  /** Samples waiting in the analysers and next deliveries [h]. */
  analysers: { stored: number[]; gasNext: number; productNext: number };
  control: ControlMemory;
}

type Fields = Record<string, unknown>;

/**
 * Checks the version, the choices and the scalars of a snapshot; its lists are checked as they are restored.
 *
 * @throws TypeError that names the field at fault.
 */
export function parseTepSnapshot(snapshot: unknown): TepSnapshot {
  const fields = record(snapshot, 'Snapshot');
  if (fields.version !== TEP_SNAPSHOT_VERSION) {
    throw new TypeError(
      `Snapshot version ${String(fields.version)} cannot be restored; expected ${TEP_SNAPSHOT_VERSION}`,
    );
  }
  oneOf(fields.profile, ['F32L', 'F64L'], 'profile');
  oneOf(fields.scheme, CONTROL_SCHEMES, 'scheme');
  oneOf(fields.noise, [true, false], 'noise');
  for (const name of ['steps', 'clockS', 'timeH', 'generator']) finite(fields[name], name);
  const analysers = record(fields.analysers, 'Snapshot field analysers');
  finite(analysers.gasNext, 'analysers.gasNext');
  finite(analysers.productNext, 'analysers.productNext');
  record(fields.walks, 'Snapshot field walks');
  record(fields.control, 'Snapshot field control');
  const { disturbances } = fields;
  if (
    !Array.isArray(disturbances) ||
    !disturbances.every((idv) => Number.isInteger(idv) && idv >= 1 && idv <= 21)
  ) {
    throw new TypeError('Snapshot field disturbances must be a list of numbers 1 to 21');
  }
  if (fields.shutdown !== null) {
    const shutdown = record(fields.shutdown, 'Snapshot field shutdown');
    oneOf(shutdown.cause, Object.keys(SHUTDOWN_LIMITS), 'shutdown.cause');
    finite(shutdown.timeH, 'shutdown.timeH');
  }
  return snapshot as TepSnapshot;
}

function record(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${what} must be an object`);
  }
  return value as Fields;
}

function oneOf(value: unknown, choices: readonly unknown[], field: string): void {
  if (!choices.includes(value))
    throw new TypeError(`Snapshot field ${field} must be one of ${choices.join(', ')}`);
}

function finite(value: unknown, field: string): void {
  if (!Number.isFinite(value)) throw new TypeError(`Snapshot field ${field} must be a finite number`);
}
