import type { ControlSchemeName } from '../control/control-scheme.js';
import type { NumberProfile } from '../plant/number-profile.js';
import type { Shutdown } from '../plant/shutdown.js';
import { roundToSignificantDigits } from '../files/significant-digits.js';
import { RECORD_LENGTH, TepSimulation } from './tep-simulation.js';

export interface SimulatedRunOptions {
  seed: number;
  /** Disturbances 1…21 to switch on, 0 or none for a fault-free run. */
  idv?: number | readonly number[];
  /** Plant hours to simulate. */
  hours: number;
  /** Plant hour of the onset; default 1, as in the public training runs. */
  faultOnsetHour?: number;
  /** Disturbances that come and go; instead of `idv` and `faultOnsetHour`. */
  spells?: readonly DisturbanceSpell[];
  /** Time between rows [s]; default 180. */
  samplingS?: number;
  profile?: NumberProfile;
  /** Significant digits of the values, as printed in the public files; default 5, `null` for full precision. */
  significantDigits?: number | null;
  scheme?: ControlSchemeName;
  noise?: boolean;
}

/** A disturbance from one plant hour to another. */
export interface DisturbanceSpell {
  readonly idv: number;
  readonly fromHour: number;
  readonly toHour: number;
}

/** A recorded run. */
export interface SimulatedRun {
  /** rows × 53, row by row: XMEAS 1…41 and XMV 1…12. Row i was recorded at (i + 1)·samplingS seconds. */
  values: Float64Array;
  rows: number;
  columns: number;
  samplingS: number;
  /** The trip that ended production, if any; rows after it show a frozen plant. */
  shutdown: Shutdown | null;
}

/**
 * Simulates the plant under closed-loop control and records it in the convention of the public Braatz files:
 * measurements of the evaluation before, commands before they are clamped. With the seed of a public file, its hours
 * and its onset (1 h for training, 8 h for testing) this is that file, row by row.
 *
 * @throws RangeError for a duration or sampling interval that is not positive, a disturbance there is not, a seed below 0
 */
export function simulateRun(options: SimulatedRunOptions): SimulatedRun {
  const progress = simulateRunInSlices(options, Infinity);
  for (;;) {
    const slice = progress.next();
    if (slice.done) return slice.value;
  }
}

/**
 * The same run as a generator that yields the finished share, 0…1, after every `rowsPerSlice` rows, so that a server
 * can breathe between slices: 10 rows of 180 s take a few milliseconds.
 */
export function* simulateRunInSlices(
  options: SimulatedRunOptions,
  rowsPerSlice = 10,
): Generator<number, SimulatedRun, void> {
  const { hours, samplingS = 180, significantDigits = 5, seed, profile, scheme, noise } = options;
  if (!(hours > 0) || !(samplingS > 0))
    throw new RangeError(`Cannot simulate ${hours} hours every ${samplingS} seconds`);
  const simulation = new TepSimulation({ seed, profile, scheme, noise });
  const switches = switchesOf(options);
  const rows = Math.floor((hours * 3600) / samplingS + 1e-9);
  const values = new Float64Array(rows * RECORD_LENGTH);
  for (let row = 0; row < rows; row++) {
    const rowS = (row + 1) * samplingS;
    for (let next = switches.at(0); next && next.atS <= rowS; next = switches.at(0)) {
      simulation.advance(next.atS - simulation.clockS);
      simulation.setDisturbance(next.idv, next.on);
      switches.shift();
    }
    simulation.advance(rowS - simulation.clockS);
    simulation.record(values, row * RECORD_LENGTH);
    if (significantDigits !== null) roundRow(values, row, significantDigits);
    if ((row + 1) % rowsPerSlice === 0) yield (row + 1) / rows;
  }
  return { values, rows, columns: RECORD_LENGTH, samplingS, shutdown: simulation.shutdown };
}

/** What is switched, and when, in order of time. */
function switchesOf({
  idv = 0,
  faultOnsetHour = 1,
  spells,
}: SimulatedRunOptions): { atS: number; idv: number; on: boolean }[] {
  const faults = (typeof idv === 'number' ? [idv] : idv).filter((fault) => fault !== 0);
  const lasting = faults.map((fault) => ({ idv: fault, fromHour: faultOnsetHour, toHour: Infinity }));
  return (spells ?? lasting)
    .flatMap((spell) => [
      { atS: spell.fromHour * 3600, idv: spell.idv, on: true },
      { atS: spell.toHour * 3600, idv: spell.idv, on: false },
    ])
    .sort((a, b) => a.atS - b.atS);
}

function roundRow(values: Float64Array, row: number, digits: number): void {
  const end = (row + 1) * RECORD_LENGTH;
  for (let i = row * RECORD_LENGTH; i < end; i++) values[i] = roundToSignificantDigits(values[i], digits);
}
