import { join } from 'node:path';
import { NO_POSITION, PlantSampler } from '#anomaly';
import { loadDetector, ModelStore } from '#ml';
import { DETECTOR_TAGS, simulateRun } from '#tep';
import { storedRun } from '../test/factories/recorded-run.fixture.js';
import type { BenchFigure } from './bench-figure.js';

const MODELS = new URL('../../models', import.meta.url);
const PLANT_INTERVAL_S = 180;
const INTERVALS_S = [1, 10, 60];
const HOURS = 48;
const NORMAL_SEEDS = [101, 102, 103, 104, 105, 106, 107, 108, 109, 110];
/** The disturbances that the primary detector finds for certain. */
const FAULTS = [1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14];
const FAULT_SEED = 201;
const ONSET_HOUR = 8;
/** Not a whole multiple of three minutes: the plant's clock need not be ours. */
const START_MS = Date.UTC(2026, 2, 1, 0, 1, 20);

/**
 * The primary detector on the same plant sampled faster than it learnt: samples of normal operation in alarm, at most 2 %;
 * and of each disturbance the share of samples in alarm, within two points of what it is at three minutes.
 */
export async function run(): Promise<BenchFigure[]> {
  const figures: BenchFigure[] = [];
  for (const intervalS of [PLANT_INTERVAL_S, ...INTERVALS_S]) {
    let alarms = 0;
    let samples = 0;
    for (const seed of NORMAL_SEEDS) {
      const evaluated = await countAlarms({ seed, hours: HOURS, samplingS: intervalS });
      alarms += evaluated.alarms;
      samples += evaluated.samples;
    }
    figures.push(figure(`normal plant every ${intervalS} s, samples in alarm`, alarms / samples));
  }
  for (const idv of FAULTS) {
    const atPlantInterval = await detectionRate(idv, PLANT_INTERVAL_S);
    figures.push(figure(`IDV ${idv} every ${PLANT_INTERVAL_S} s, detection rate`, atPlantInterval));
    for (const intervalS of INTERVALS_S) {
      const rate = await detectionRate(idv, intervalS);
      figures.push({
        ...figure(`IDV ${idv} every ${intervalS} s, detection rate`, rate),
        rival: `every ${PLANT_INTERVAL_S} s`,
        rival_value: atPlantInterval,
      });
    }
  }
  return figures;
}

async function detectionRate(idv: number, samplingS: number): Promise<number> {
  const run = { seed: FAULT_SEED, idv, hours: HOURS, faultOnsetHour: ONSET_HOUR, samplingS };
  const { alarms, samples } = await countAlarms(run, ONSET_HOUR);
  return alarms / samples;
}

async function countAlarms(
  options: Parameters<typeof simulateRun>[0] & { samplingS: number },
  fromHour = 0,
): Promise<{ alarms: number; samples: number }> {
  const { values, rows, columns } = simulateRun(options);
  const times = Float64Array.from({ length: rows }, (_, row) => START_MS + row * options.samplingS * 1_000);
  const tags = DETECTOR_TAGS.length;
  const sampler = new PlantSampler(storedRun({ times, values, columns }, tags));
  const taken = await sampler.next(NO_POSITION, START_MS, times[rows - 1], rows);
  const { detector } = await loadDetector(new ModelStore(join(MODELS.pathname)), 'innovation_bank');
  const from = START_MS + fromHour * 3_600_000;
  let alarms = 0;
  let samples = 0;
  for (const [row, ts] of taken.timestamps.entries()) {
    if (taken.afresh[row] === 1) detector.reset();
    const { ready, statistic, limit } = detector.step(taken.values.slice(row * tags, (row + 1) * tags));
    if (ts < from) continue;
    samples++;
    if (ready && statistic > limit) alarms++;
  }
  return { alarms, samples };
}

function figure(name: string, value: number): BenchFigure {
  return { bench: 'sampling', figure: name, value: Math.round(value * 1e4) / 1e4, unit: 'share' };
}
