import { describe, expect, it } from '#jest';
import { CompleteRuns } from './complete-runs.js';

const STEP_MS = 180_000;

/** Samples of two tags, one every three minutes from `startRow` on. */
function batch(samples: [number, number][], startRow = 0) {
  return {
    timestamps: Float64Array.from(samples, (_, i) => (startRow + i) * STEP_MS),
    values: Float64Array.from(samples.flat()),
  };
}

function runsOf(...batches: ReturnType<typeof batch>[]) {
  const runs = new CompleteRuns(2);
  for (const each of batches) runs.add(each);
  return { runs: runs.finish().map((run) => [...run]), faults: runs.faults };
}

describe('runs of complete samples', () => {
  it('go on from batch to batch', () => {
    const { runs, faults } = runsOf(batch([[1, 2]]), batch([[3, 4]], 1));
    expect(runs).toEqual([[1, 2, 3, 4]]);
    expect(faults).toEqual({ gaps: 0, incomplete_samples: 0, frozen_samples: 0, held_values: 0 });
  });

  it('end where the samples stop', () => {
    const { runs, faults } = runsOf(batch([[1, 2]]), batch([[3, 4]], 2));
    expect(runs).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(faults.gaps).toBe(1);
  });

  it('bridge three missing values of a tag with its last one and end with the fourth', () => {
    const { runs, faults } = runsOf(
      batch([
        [1, 2],
        [3, NaN],
        [4, NaN],
        [5, NaN],
        [6, NaN],
        [7, 8],
      ]),
    );
    expect(runs).toEqual([
      [1, 2, 3, 2, 4, 2, 5, 2],
      [7, 8],
    ]);
    expect(faults).toMatchObject({ held_values: 3, incomplete_samples: 1 });
  });

  it('leave out what stands still', () => {
    const { runs, faults } = runsOf(
      batch([
        [1, 2],
        [1, 2],
        [1, 3],
      ]),
    );
    expect(runs).toEqual([[1, 2, 1, 3]]);
    expect(faults.frozen_samples).toBe(1);
  });

  it('do not reach from one stretch into the next', () => {
    const runs = new CompleteRuns(2);
    runs.add(batch([[1, 2]]));
    runs.endStretch();
    runs.add(batch([[3, 4]], 1));
    expect(runs.finish().map((run) => [...run])).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(runs.faults.gaps).toBe(0);
  });
});
