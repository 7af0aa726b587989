import { describe, expect, it } from '#jest';
import { type CalibrationRun, fitDiagnosisCalibration } from './calibration.js';
import { DIAGNOSIS_CLASSES } from './classes.js';
import { levelFor } from './model.js';
import { SeededRandom } from '../math/seeded-random.js';

const ROWS = 620;
const ONSET = 120;

/** Strange at first, then settled; the network is right in three of four rows and says so with odds of nine to one. */
function aRun(seed: number): CalibrationRun {
  const random = new SeededRandom(seed);
  const logits = new Float32Array(ROWS * DIAGNOSIS_CLASSES).fill(-20);
  const alarmRows = Int32Array.from({ length: ROWS }, (_, row) =>
    Math.min(240, Math.max(0, row - ONSET + 1)),
  );
  for (let row = 0; row < ROWS; row++) {
    const right = random.next() < 0.75;
    logits[row * DIAGNOSIS_CLASSES + (right ? 1 : 2)] = Math.log(9);
    logits[row * DIAGNOSIS_CLASSES + (right ? 2 : 1)] = 0;
    logits[row * DIAGNOSIS_CLASSES] = 50;
  }
  return {
    run: { values: new Float64Array(0), idv: 1, onsetRow: ONSET },
    alarmRatios: Float64Array.from(alarmRows, (count) => (count > 0 ? 1.5 : 0.5)),
    alarmRows,
    logits,
    strangeness: Float64Array.from(alarmRows, (count) => (count <= 20 ? 9 : 2) + random.next()),
  };
}

describe('the calibration of a diagnosis', () => {
  const { levels, gateSteepness } = fitDiagnosisCalibration(
    Array.from({ length: 40 }, (_, n) => aRun(n + 1)),
  );

  it('expects more strangeness of fresh evidence than of settled evidence', () => {
    // strangeness is uniform over a unit: its 99.8 % quantile lies 0.998 above the start
    expect(levelFor(levels, 3).unknownLimit).toBeCloseTo(9.998, 1);
    expect(levelFor(levels, 200).unknownLimit).toBeCloseTo(2.998, 1);
  });

  it('tempers odds of nine to one that hold as three to one, whatever the network says of normal operation', () => {
    // 9^(1/T) = 3 gives T = 2
    expect(levelFor(levels, 100).temperature).toBeCloseTo(2, 0);
  });

  it('joins ages with too few rows to the next one', () => {
    const sparse = fitDiagnosisCalibration([aRun(1)]).levels;
    expect(sparse.map(({ alarmRows }) => alarmRows)).toEqual([240]);
  });

  it('makes the gate sharp when the limit divides all rows', () => {
    expect(gateSteepness).toBeGreaterThan(50);
  });

  it('needs rows in alarm', () => {
    expect(() => fitDiagnosisCalibration([])).toThrow(RangeError);
  });
});
