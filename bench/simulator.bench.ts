import { PlantWideControl, RECORD_LENGTH, TepSimulation } from '#tep';
import { processorSeconds, type BenchFigure } from './bench-figure.js';
import { PlainPlant } from './rivals/plain-plant.js';

const SEED = 4243534565;
const HOURS = 48;
const RUNS = 3;
const SAMPLING_S = 180;
/** The rival is slow: it simulates fewer hours, and its time is scaled to 48. */
const PLAIN_HOURS = 2;

/** 48 plant hours under the plant-wide controllers, with noise, recorded every three minutes, on one core. */
export function run(): Promise<BenchFigure[]> {
  expectSamePlant();
  const seconds = best(() => simulate(HOURS));
  const plainSeconds = best(() => simulatePlainly(PLAIN_HOURS)) * (HOURS / PLAIN_HOURS);
  return Promise.resolve([
    {
      bench: 'simulator',
      figure: '48 plant hours, closed loop, noise on',
      value: rounded(seconds),
      unit: 's',
      rival: 'the equations written down plainly',
      rival_value: rounded(plainSeconds),
      ratio: rounded(plainSeconds / seconds),
    },
  ]);
}

function simulate(hours: number): Float64Array {
  const simulation = new TepSimulation({ seed: SEED });
  const record = new Float64Array(RECORD_LENGTH);
  for (let second = SAMPLING_S; second <= hours * 3600; second += SAMPLING_S) {
    simulation.advance(SAMPLING_S);
    simulation.record(record);
  }
  return record;
}

function simulatePlainly(hours: number): Float64Array {
  const plant = new PlainPlant(SEED);
  const control = new PlantWideControl('F32L');
  plant.xmv.set(control.initialCommands);
  for (let second = 1; second <= hours * 3600; second++) {
    if (second > 1) plant.step();
    control.act(second, plant);
  }
  return Float64Array.of(...plant.xmeas, ...plant.xmv);
}

/** Both must compute the same plant, or their ratio means nothing. */
function expectSamePlant(): void {
  const fast = simulate(PLAIN_HOURS);
  const plain = simulatePlainly(PLAIN_HOURS);
  fast.forEach((value, i) => {
    if (Math.abs(value - plain[i]) > 1e-9 * Math.max(Math.abs(value), 1)) {
      throw new Error(
        `The plain plant computes ${plain[i]} where the simulator computes ${value} (value ${i + 1})`,
      );
    }
  });
}

/** Least processor time of three runs; the check before has warmed both up. */
function best(work: () => unknown): number {
  return Math.min(...Array.from({ length: RUNS }, () => processorSeconds(work)));
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
