import { type DetectorReading, loadDetectors, ModelStore, type StreamingDetector } from '#ml';
import { simulateRun } from '#tep';
import { processorSeconds, type BenchFigure } from './bench-figure.js';

const MODELS = new URL('../../models', import.meta.url);
const COLUMNS = 52;
const ROUNDS = 6;
const REPEATS = 3;

/** One sample of 52 tags through each shipped detector: statistic and contributions. */
export async function run(): Promise<BenchFigure[]> {
  const samples = detectorSamples();
  const loaded = await loadDetectors(new ModelStore(MODELS.pathname));
  return loaded.map(({ name, detector }) => ({
    bench: 'detectors',
    figure: `${name}, statistic and contributions of one sample`,
    value: bestMilliseconds(detector, samples),
    unit: 'ms',
  }));
}

function detectorSamples(): Float64Array[] {
  const { values, rows, columns } = simulateRun({ seed: 1, idv: 1, hours: 48, faultOnsetHour: 24 });
  return Array.from({ length: rows }, (_, row) => values.slice(row * columns, row * columns + COLUMNS));
}

/** Least processor time per sample of several rounds; the first warms the compiler up. */
function bestMilliseconds(detector: StreamingDetector, samples: readonly Float64Array[]): number {
  let reading: DetectorReading | undefined;
  const rounds = Array.from({ length: ROUNDS }, () =>
    processorSeconds(() => {
      for (let i = 0; i < REPEATS; i++) for (const sample of samples) reading = detector.step(sample);
    }),
  );
  if (!reading?.ready) throw new Error(`${detector.name} did not get ready`);
  return (Math.min(...rounds) / REPEATS / samples.length) * 1000;
}
