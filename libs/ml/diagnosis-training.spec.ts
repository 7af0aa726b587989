import { beforeAll, describe, expect, it } from '@jest/globals';
import { evaluateDiagnosis } from './diagnosis-evaluation.js';
import { DIAGNOSIS_CLASSES, DiagnosisModel } from './diagnosis-model.js';
import { trainDiagnosis } from './diagnosis-training.js';
import type { LabelledRun } from './labelled-run.js';
import { SeededRandom } from './seeded-random.js';

const TAGS = 4;
const ROWS = 320;
const ONSET = 120;

/** A little process in its own units; disturbance 1 shifts the first tag, 2 shakes the second, 3 shifts the last two. */
function aRun(idv: number, seed: number): LabelledRun {
  const random = new SeededRandom(seed);
  const values = new Float64Array(ROWS * TAGS);
  const state = new Float64Array(TAGS);
  for (let row = 0; row < ROWS; row++) {
    for (let j = 0; j < TAGS; j++) {
      state[j] = 0.6 * state[j] + random.nextNormal();
      const active = row >= ONSET && idv > 0;
      const shift = active && ((idv === 1 && j === 0) || (idv === 3 && j > 1)) ? 3 : 0;
      const shake = active && idv === 2 && j === 1 ? 4 * random.nextNormal() : 0;
      values[row * TAGS + j] = 100 + 5 * (state[j] + shift + shake);
    }
  }
  return { values, idv, onsetRow: idv === 0 ? ROWS : ONSET };
}

const runs = (idvs: number[], count: number, seed: number): LabelledRun[] =>
  idvs.flatMap((idv) => Array.from({ length: count }, (_, n) => aRun(idv, seed + 100 * idv + n)));

function train(seed: number): Promise<DiagnosisModel> {
  return trainDiagnosis({
    seed,
    training: runs([0, 1, 2], 8, 1),
    calibration: runs([0, 1, 2], 3, 5000),
    units: 16,
    epochs: 40,
    learningRate: 1e-2,
  });
}

describe('a diagnosis network', () => {
  let model: DiagnosisModel;

  beforeAll(async () => {
    model = await train(1);
  });

  it('names the disturbances that it learnt, on runs it has not seen', () => {
    const figures = evaluateDiagnosis(model, runs([0, 1, 2], 3, 9000));
    expect(figures.macroRecall).toBeGreaterThan(0.9);
    expect(figures.recall[5]).toBeNull();
  });

  it('finds a disturbance stranger that it never learnt', () => {
    const strangeness = (idv: number): number => {
      const trace = model.trace(aRun(idv, 12_345).values);
      let sum = 0;
      for (let row = ONSET + 40; row < ROWS; row++) sum += trace.strangeness(row);
      return sum / (ROWS - ONSET - 40);
    };
    expect(strangeness(3)).toBeGreaterThan(1.5 * Math.max(strangeness(0), strangeness(1), strangeness(2)));
  });

  it('says the same after it was stored and loaded', async () => {
    const again = await DiagnosisModel.fromFiles(await model.toFiles());
    const window = aRun(1, 777).values;
    const [before, after] = [model.trace(window), again.trace(window)];
    expect([...after.probabilities]).toEqual([...before.probabilities]);
    expect(after.strangeness(ROWS - 1)).toBe(before.strangeness(ROWS - 1));
  });

  it('gives probabilities that add up to 1', () => {
    const { probabilities, rows } = model.trace(aRun(2, 778).values);
    const last = probabilities.slice((rows - 1) * DIAGNOSIS_CLASSES);
    expect(last.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  it('comes out the same from the same seed', async () => {
    const again = await train(1);
    const window = aRun(1, 779).values;
    expect([...again.trace(window).probabilities]).toEqual([...model.trace(window).probabilities]);
  });

  it('counts rows without an alarm as called normal', () => {
    const judged = runs([0, 1], 1, 9100);
    const silent = judged.map(() => new Array<boolean>(ROWS).fill(false));
    const figures = evaluateDiagnosis(model, judged, silent);
    expect(figures.truePositiveRate).toBe(0);
    expect(figures.falsePositiveRate).toBe(0);
  });
});
