import { loadavg } from 'node:os';
import type { BenchFigure } from './bench-figure.js';
import { type BenchOptions, profilesOf, sizesOf } from './bench-options.js';
import { growthTable, type Measurement, shown, timesWorse } from './growth/measurement.js';
import { obstacleTo } from './growth/own-product.js';
import { plantDays } from './growth/plant-days.js';
import { storedSamples } from './growth/stored-samples.js';

const DAYS = '1,60,720';
const SAMPLES = '10M,130M';

/**
 * What becomes of answers and writes as the database grows: the product of each profile after so many plant days, and the routes of
 * samples on MariaDB beside so many stored samples. Each size is compared with the smallest. With `--days 1,5 --samples 1M,2M`
 * it takes a few minutes, as it is half an hour; it says on the error output what it is at, and prints a table for each part there.
 */
export async function* run(options: BenchOptions): AsyncGenerator<BenchFigure> {
  const days = sizesOf('days', options.days ?? DAYS);
  const samples = sizesOf('samples', options.samples ?? SAMPLES);
  const profiles = profilesOf(options.profiles);
  for (const profile of days.length > 0 ? profiles : []) {
    const obstacle = obstacleTo(profile);
    if (obstacle === undefined)
      yield* figuresOf(`${profile}, plant days`, (say) => plantDays(profile, days, say));
    else process.stderr.write(`${profile}: left out, ${obstacle}\n`);
  }
  if (samples.length === 0) return;
  const obstacle = obstacleTo('server');
  if (obstacle === undefined)
    yield* figuresOf('MariaDB, stored samples', (say) => storedSamples(samples, say));
  else process.stderr.write(`stored samples: left out, ${obstacle}\n`);
}

async function* figuresOf(
  part: string,
  measure: (say: (line: string) => void) => AsyncIterable<Measurement>,
): AsyncGenerator<BenchFigure> {
  const began = performance.now();
  const say = (line: string): void => {
    process.stderr.write(`${part}, ${Math.round((performance.now() - began) / 1_000)} s: ${line}\n`);
  };
  const smallest = new Map<string, Measurement>();
  const measured: Measurement[] = [];
  for await (const measurement of measure(say)) {
    measured.push(measurement);
    yield* figuresBeside(part, measurement, smallest.get(measurement.row));
    if (!smallest.has(measurement.row)) smallest.set(measurement.row, measurement);
  }
  const [load] = loadavg();
  process.stderr.write(`\n${growthTable(part, measured)}\n\nLoad at the end: ${shown(load)}\n\n`);
}

/** By the clock and by processor time, beside the smallest size of the row. */
function* figuresBeside(
  part: string,
  measurement: Measurement,
  smallest: Measurement | undefined,
): Generator<BenchFigure> {
  const { row, size, unit } = measurement;
  for (const by of ['value', 'processor'] as const) {
    const value = measurement[by];
    if (value === undefined) continue;
    const name = `${part}: ${row}, ${size}${by === 'processor' ? ', processor time' : ''}`;
    const figure = { bench: 'growth', figure: name, value, unit };
    const then = smallest?.[by];
    if (smallest === undefined || then === undefined) {
      yield figure;
      continue;
    }
    const worse = timesWorse(by, measurement, smallest);
    yield {
      ...figure,
      rival: smallest.size,
      rival_value: then,
      ...(worse === undefined ? {} : { ratio: 1 / worse }),
    };
  }
}
