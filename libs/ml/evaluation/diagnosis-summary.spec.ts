import { describe, expect, it } from '#jest';
import type { DiagnosisFigures } from './diagnosis-evaluation.js';
import { summariseDiagnosis, unknownSeparation } from './diagnosis-summary.js';

/** Figures of which only the counts are read. */
function counted(
  confusion: readonly (readonly number[])[],
  reliability: DiagnosisFigures['reliability'] = [],
): DiagnosisFigures {
  return {
    confusion,
    recall: [],
    macroRecall: NaN,
    truePositiveRate: NaN,
    falsePositiveRate: NaN,
    correctDiagnosisRate: NaN,
    calibrationError: NaN,
    reliability,
  };
}

describe('the diagnosis over a set of runs', () => {
  const runs = [
    {
      idv: 0,
      figures: counted([
        [10, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ]),
    },
    {
      idv: 1,
      figures: counted([
        [9, 1, 0],
        [2, 6, 2],
        [0, 0, 0],
      ]),
    },
    {
      idv: 2,
      figures: counted([
        [10, 0, 0],
        [0, 0, 0],
        [0, 0, 10],
      ]),
    },
  ];

  it('adds the confusion of the runs up and takes all rates from the sum', () => {
    const summary = summariseDiagnosis(runs);
    expect(summary?.confusion).toEqual([
      [29, 1, 0],
      [2, 6, 2],
      [0, 0, 10],
    ]);
    expect(summary?.macroRecall?.mean).toBeCloseTo((29 / 30 + 6 / 10 + 1) / 3, 12);
    expect(summary?.falsePositiveRate?.mean).toBeCloseTo(1 / 30, 12);
    // 20 faulty rows, 2 called normal, 16 of the other 18 named
    expect(summary?.truePositiveRate?.mean).toBeCloseTo(18 / 20, 12);
    expect(summary?.correctDiagnosisRate?.mean).toBeCloseTo(16 / 18, 12);
  });

  it('leaves classes out that no run has', () => {
    const summary = summariseDiagnosis(runs.slice(0, 2));
    expect(summary?.recall[2]).toBeNull();
    expect(summary?.macroRecall?.mean).toBeCloseTo((19 / 20 + 6 / 10) / 2, 12);
    expect(summariseDiagnosis([])).toBeNull();
  });

  it('puts the reliability bins of single runs together by the confidence they hold', () => {
    const first = counted([[1]], [{ confidence: 0.92, accuracy: 1, rows: 10 }]);
    const second = counted(
      [[1]],
      [
        { confidence: 0.98, accuracy: 0.5, rows: 10 },
        { confidence: 0.55, accuracy: 0.25, rows: 20 },
      ],
    );
    const summary = summariseDiagnosis([
      { idv: 0, figures: first },
      { idv: 0, figures: second },
    ]);
    expect(summary?.reliability).toEqual([
      { confidence: 0.55, accuracy: 0.25, rows: 20 },
      { confidence: 0.95, accuracy: 0.75, rows: 20 },
    ]);
    // half the rows 0.30 too sure, half 0.20
    expect(summary?.calibrationError?.mean).toBeCloseTo(0.25, 12);
  });
});

describe('the separation of unknown disturbances', () => {
  it('weighs runs by their rows: 3 of 4 pairs of the first, both of the second', () => {
    const unknown = [Float64Array.of(1.5, 3), Float64Array.of(9)];
    const interval = unknownSeparation(unknown, [Float64Array.of(1, 2), new Float64Array()]);
    expect(interval?.mean).toBeCloseTo(5 / 6, 12);
    expect(unknownSeparation([], [Float64Array.of(1)])).toBeNull();
  });
});
