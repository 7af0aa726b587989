import { describe, expect, it } from '#jest';
import { drawBatch, type FeatureRun, SEQUENCE_ROWS, sequencePool } from './sequences.js';
import { SeededRandom } from '../math/seeded-random.js';

const TAGS = 10;
const WIDTH = 2 * TAGS;
const SEQUENCES = 16;

/** Every feature is the number of the disturbance plus one, and every row from `alarmRow` on is in alarm. */
function aRun(idv: number, { rows = 3 * SEQUENCE_ROWS, onsetRow = 100, alarmRow = 120 } = {}): FeatureRun {
  return {
    run: { values: new Float64Array(0), idv, onsetRow: idv === 0 ? rows : onsetRow },
    features: new Float32Array(rows * WIDTH).fill(idv + 1),
    rows,
    alarmRatios: Float64Array.from({ length: rows }, (_, row) => (idv > 0 && row >= alarmRow ? 2 : 0.5)),
  };
}

const layout = { width: WIDTH, tags: TAGS };

/** The sequences of many batches, one after the other. */
function sequences(pool: ReturnType<typeof sequencePool>, batches: number) {
  const random = new SeededRandom(1);
  return Array.from({ length: batches }, () => drawBatch(pool, layout, random)).flatMap((batch) =>
    Array.from({ length: SEQUENCES }, (_, k) => ({
      features: batch.features.subarray(k * SEQUENCE_ROWS * WIDTH, (k + 1) * SEQUENCE_ROWS * WIDTH),
      labels: batch.labels.subarray(k * SEQUENCE_ROWS, (k + 1) * SEQUENCE_ROWS),
      weights: batch.weights.subarray(k * SEQUENCE_ROWS, (k + 1) * SEQUENCE_ROWS),
    })),
  );
}

describe('what the diagnosis is taught', () => {
  const short = aRun(2, { rows: SEQUENCE_ROWS, onsetRow: 50, alarmRow: 60 });

  it('weighs the first rows in alarm most, normal rows least, and what the detector misses not at all', () => {
    const [{ weights, labels }] = sequences(sequencePool([aRun(0)], [short]), 1).filter((sequence) =>
      sequence.labels.includes(2),
    );
    expect([labels[49], labels[50]]).toEqual([0, 2]);
    expect(weights[3]).toBe(0); // the state is still empty
    expect(weights[30]).toBeCloseTo(0.3);
    expect(weights[55]).toBe(0);
    expect(weights[60]).toBeCloseTo(1 + 6);
    expect(weights[70]).toBeCloseTo(1 + 6 / Math.E);
    expect(weights[239]).toBeCloseTo(1);
  });

  it('draws half of its sequences from the short runs, when there are any', () => {
    const drawn = sequences(sequencePool([aRun(0), aRun(1)], [short]), 40);
    const fromShort = drawn.filter(({ features }) => features.includes(3)).length;
    // 640 draws: a standard deviation of 2 % about one half
    expect(fromShort / drawn.length).toBeGreaterThan(0.42);
    expect(fromShort / drawn.length).toBeLessThan(0.58);
    expect(sequences(sequencePool([aRun(0), aRun(1)], []), 2)).toHaveLength(2 * SEQUENCES);
  });

  it('hides one tag in twenty for a whole sequence, in all its features', () => {
    const drawn = sequences(sequencePool([aRun(0), aRun(1)], [short]), 40);
    let hidden = 0;
    for (const { features } of drawn) {
      for (let tag = 0; tag < TAGS; tag++) {
        const own = features.filter((_, i) => i % TAGS === tag);
        const zeros = own.filter((value) => value === 0).length;
        expect([0, own.length]).toContain(zeros);
        hidden += Number(zeros > 0);
      }
    }
    // 6,400 draws: a standard deviation of 0.3 % about 5 %
    expect(hidden / (drawn.length * TAGS)).toBeGreaterThan(0.035);
    expect(hidden / (drawn.length * TAGS)).toBeLessThan(0.065);
  });

  it('repeats few normal runs to a tenth of the long ones and thins out many', () => {
    const faulty = Array.from({ length: 36 }, () => aRun(1));
    const normal = (count: number): FeatureRun[] => Array.from({ length: count }, () => aRun(0));
    const normals = (count: number): number =>
      sequencePool([...normal(count), ...faulty], []).long.filter(({ run }) => run.idv === 0).length;
    expect(normals(1)).toBe(4);
    expect(normals(50)).toBe(4);
  });
});
