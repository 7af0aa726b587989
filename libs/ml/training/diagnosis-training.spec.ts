import { beforeAll, describe, expect, it } from '#jest';
import { DIAGNOSIS_CLASSES, UNKNOWN } from '../diagnosis/classes.js';
import { evaluateDiagnosis, evaluateGatedDiagnosis, traceRuns } from '../evaluation/diagnosis-evaluation.js';
import { DiagnosisModel } from '../diagnosis/model.js';
import { trainDiagnosis } from './diagnosis-training.js';
import type { StreamingDetector } from '../detectors/detector.js';
import type { LabelledRun } from '../window/labelled-run.js';
import { SeededRandom } from '../math/seeded-random.js';

const TAGS = 4;
const ROWS = 320;
const ONSET = 120;

/** A little process in its own units; disturbance 1 shifts the first tag, 2 shakes the second, 3 and 21 shift the last two. */
function aRun(idv: number, seed: number): LabelledRun {
  const random = new SeededRandom(seed);
  const values = new Float64Array(ROWS * TAGS);
  const state = new Float64Array(TAGS);
  for (let row = 0; row < ROWS; row++) {
    for (let j = 0; j < TAGS; j++) {
      state[j] = 0.6 * state[j] + random.nextNormal();
      const active = row >= ONSET && idv > 0;
      const shift = active && ((idv === 1 && j === 0) || ((idv === 3 || idv === 21) && j > 1)) ? 3 : 0;
      const shake = active && idv === 2 && j === 1 ? 4 * random.nextNormal() : 0;
      values[row * TAGS + j] = 100 + 5 * (state[j] + shift + shake);
    }
  }
  return { values, idv, onsetRow: idv === 0 ? ROWS : ONSET };
}

/** In alarm, at twice its limit, from a row on. */
function aDetector(alarmRow: number): StreamingDetector {
  let row = -1;
  const reading = { limit: 1, contributions: new Float64Array(TAGS), ready: true };
  return {
    name: 'zscore',
    tagCodes: ['XMEAS_01', 'XMEAS_02', 'XMEAS_03', 'XMEAS_04'],
    limit: 1,
    step: () => ({ ...reading, statistic: ++row < alarmRow ? 0.5 : 2 }),
    reset: () => {
      row = -1;
    },
    snapshot: () => ({ detector: 'zscore', state: {} }),
    restore: () => undefined,
    toArtifact: () => ({ meta: { detector: 'zscore', tagCodes: [], limit: 1 }, tensors: {} }),
  };
}

const runs = (idvs: number[], count: number, seed: number): LabelledRun[] =>
  idvs.flatMap((idv) => Array.from({ length: count }, (_, n) => aRun(idv, seed + 100 * idv + n)));

function train(seed: number, epochs: number): Promise<DiagnosisModel> {
  return trainDiagnosis({
    seed,
    training: runs([0, 1, 2], 8, 1),
    calibration: runs([0, 1, 2], 3, 5000),
    units: 16,
    epochs,
    learningRate: 1e-2,
  });
}

describe('a diagnosis network', () => {
  let model: DiagnosisModel;

  beforeAll(async () => {
    model = await train(1, 80);
  });

  it('names the disturbances that it learnt, on runs it has not seen', () => {
    const figures = evaluateDiagnosis(traceRuns(model, runs([0, 1, 2], 3, 9000)));
    expect(figures.macroRecall).toBeGreaterThan(0.9);
    expect(figures.recall[5]).toBeNull();
  });

  it('finds a disturbance stranger that it never learnt', () => {
    const strangeness = (idv: number): number => {
      const trace = model.traceRun(aRun(idv, 12_345).values);
      let sum = 0;
      for (let row = ONSET + 40; row < ROWS; row++) sum += trace.strangeness(row, row - ONSET);
      return sum / (ROWS - ONSET - 40);
    };
    expect(strangeness(3)).toBeGreaterThan(1.5 * Math.max(strangeness(1), strangeness(2)));
  });

  it('says the same after it was stored and loaded', async () => {
    const again = await DiagnosisModel.fromFiles(await model.toFiles());
    const window = aRun(1, 777).values;
    const [before, after] = [model.trace(window), again.trace(window)];
    expect([...after.probabilities]).toEqual([...before.probabilities]);
    const evidence = { alarmRatio: 1.5, alarmRows: 30 };
    expect(after.verdict(ROWS - 1, evidence)).toEqual(before.verdict(ROWS - 1, evidence));
    expect(after.strangeness(ROWS - 1, 30)).toBe(before.strangeness(ROWS - 1, 30));
  });

  it('gives probabilities that add up to 1', () => {
    const { probabilities, rows } = model.trace(aRun(2, 778).values);
    const last = probabilities.slice((rows - 1) * DIAGNOSIS_CLASSES);
    expect(last.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  it('comes out the same from the same seed', async () => {
    const [once, again] = [await train(1, 4), await train(1, 4)];
    const window = aRun(1, 779).values;
    expect([...again.trace(window).probabilities]).toEqual([...once.trace(window).probabilities]);
  });

  it('counts rows without an alarm as called normal', () => {
    const figures = evaluateGatedDiagnosis(model, traceRuns(model, runs([0, 1], 1, 9100)), aDetector(ROWS));
    expect(figures.truePositiveRate).toBe(0);
    expect(figures.falsePositiveRate).toBe(0);
    expect(figures.rowsToName[1]).toBeNull();
    expect(figures.knownCalledUnknown).toEqual({ firstHour: null, later: null });
  });

  it('names a disturbance from the first hour of alarm on and calls what it never learnt unknown', () => {
    const assessed = traceRuns(model, runs([1, 2, 21], 2, 9200));
    const figures = evaluateGatedDiagnosis(model, assessed, aDetector(ONSET));
    expect(figures.correctDiagnosisRate).toBeGreaterThan(0.9);
    expect(figures.rowsToName[1]).toBeLessThan(10);
    expect(figures.knownCalledUnknown.later).toBeLessThan(0.1);
    expect(figures.unknown?.rows).toBe(2 * (ROWS - ONSET));
    expect(figures.unknown?.auroc).toBeGreaterThan(0.9);
    // every row is counted once: 2 runs of 2 disturbances and the normal rows of all 6 runs, without the first 20
    const counted = figures.confusion.flat().reduce((sum, rows) => sum + rows, 0);
    expect(counted).toBe(2 * 2 * (ROWS - ONSET) + 6 * (ONSET - 20));
    expect(figures.confusion[1]).toHaveLength(UNKNOWN + 1);
  });
});
