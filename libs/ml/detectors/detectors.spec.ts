import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { fitCva } from './cva.detector.js';
import { statisticsOver } from './calibration.js';
import {
  DETECTOR_NAMES,
  type DetectorFitInput,
  type DetectorName,
  type DetectorReading,
  type StreamingDetector,
} from './detector.js';
import { fitInnovationBank } from './fit-innovation-bank.js';
import { IsolationForestChartsDetector } from './isolation-forest-charts.detector.js';
import { IsolationForestDetector } from './isolation-forest.detector.js';
import { detectorFiles, detectorOfArtifact, loadDetector } from './loading.js';
import { ModelStore } from '../store/model-store.js';
import { fitPca, hotellingLimit, speLimit } from './pca.detector.js';
import { QuadraticDetector } from './quadratic.detector.js';
import { SeededRandom } from '../math/seeded-random.js';
import { aModelCard } from '../../../test/factories/model-card.fixture.js';
import { ZScoreDetector } from './zscore.detector.js';

const tagCodes = ['A', 'B', 'C', 'D'];

/** B follows A, D follows C, each with a little noise of its own. */
function aNormalRun(seed: number, rows = 500): Float64Array {
  const random = new SeededRandom(seed);
  const run = new Float64Array(rows * 4);
  for (let row = 0; row < rows; row++) {
    const a = random.nextNormal();
    const c = random.nextNormal();
    run.set([10 + a, 20 + 2 * a + 0.1 * random.nextNormal(), c, c + 0.1 * random.nextNormal()], row * 4);
  }
  return run;
}

const input: DetectorFitInput = {
  tagCodes,
  trainingRuns: [1, 2, 3].map((seed) => aNormalRun(seed)),
  calibrationRuns: [4, 5, 6].map((seed) => aNormalRun(seed)),
};
const fresh = [7, 8, 9, 10].map((seed) => aNormalRun(seed));
const pca = fitPca(input, { components: 2 });
const bank = fitInnovationBank(input, { model: { lags: 2 }, falseAlarmRate: 0.01 });

/** Every detector there is: one that is missing here does not compile. */
const fitted: Readonly<Record<DetectorName, StreamingDetector>> = {
  innovation_bank: bank,
  zscore: ZScoreDetector.fit(input),
  pca_t2: pca.t2,
  pca_spe: pca.spe,
  cva: fitCva(input, { lags: 2, states: 3 }),
  isolation_forest: IsolationForestDetector.fit(input),
  isolation_forest_charts: IsolationForestChartsDetector.fit(bank, input, { falseAlarmRate: 0.01 }),
};

/** What a detector says of the first rows of a run, copied out of the buffer that it uses again. */
function readingsOf(detector: StreamingDetector, run: Float64Array, rows: number): DetectorReading[] {
  return Array.from({ length: rows }, (_, row) => {
    const reading = detector.step(run.subarray(row * 4, row * 4 + 4));
    return { ...reading, contributions: reading.contributions.slice() };
  });
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tep-detectors-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe.each(DETECTOR_NAMES)('detector %s', (name) => {
  const detector = fitted[name];

  it('raises no more than about the false-alarm rate it was set for on runs it never saw', () => {
    const statistics = statisticsOver(detector, fresh).flatMap((run) => Array.from(run));
    const rate = statistics.filter((statistic) => statistic > detector.limit).length / statistics.length;
    expect(detector.name).toBe(name);
    expect(rate).toBeLessThan(0.025);
  });

  it('gives the same readings when it is stored and loaded again', async () => {
    const store = new ModelStore(folder);
    await store.save(aModelCard({ name }), detectorFiles(detector.toArtifact()));
    const { detector: loaded } = await loadDetector(store, name);
    expect(loaded.limit).toBe(detector.limit);
    expect(statisticsOver(loaded, [fresh[0]])).toEqual(statisticsOver(detector, [fresh[0]]));
  });

  it('continues from a snapshot as if never interrupted, also across missing values', () => {
    detector.reset();
    const rows = Array.from({ length: 12 }, (_, row) => fresh[1].slice(row * 4, row * 4 + 4));
    rows[4][1] = NaN;
    rows[6][1] = NaN;
    const uninterrupted = rows.map((row) => detector.step(row).statistic);
    detector.reset();
    rows.slice(0, 5).forEach((row) => detector.step(row));
    const snapshot = JSON.parse(JSON.stringify(detector.snapshot())) as ReturnType<typeof detector.snapshot>;
    const other = detectorOfArtifact(detector.toArtifact());
    other.restore(snapshot);
    expect(rows.slice(5).map((row) => other.step(row).statistic)).toEqual(uninterrupted.slice(5));
  });

  it('blames as a detector that has seen nothing else does, once it is reset', () => {
    readingsOf(detector, fresh[2], 60);
    detector.reset();
    expect(readingsOf(detector, fresh[3], 30)).toEqual(
      readingsOf(detectorOfArtifact(detector.toArtifact()), fresh[3], 30),
    );
  });

  it('is not ready without values, and refuses wrong lengths, infinities and snapshots of others', () => {
    detector.reset();
    expect(detector.step(new Float64Array(4).fill(NaN)).ready).toBe(false);
    expect(() => detector.step(new Float64Array(3))).toThrow('expected 4 values');
    expect(() => detector.step(Float64Array.of(1, Infinity, 0, 0))).toThrow('value of B is infinite');
    expect(() => detector.restore({ detector: 'pump' as never, state: {} })).toThrow('snapshot of pump');
  });
});

describe.each(['pca_t2', 'pca_spe', 'cva'] as const)('a missing value of %s', (name) => {
  const detector = fitted[name];
  const rowOf = (row: number): Float64Array => fresh[0].slice(row * 4, row * 4 + 4);
  /** The reading after ten complete rows and one in which the second tag has this value. */
  const readingWith = (value: number) => {
    detector.reset();
    for (let row = 0; row < 10; row++) detector.step(rowOf(row));
    const { statistic, contributions } = detector.step(rowOf(10).with(1, value));
    return { statistic, blamed: contributions[1] };
  };

  it('makes the statistic as small as a value can make it, and is not blamed', () => {
    const missing = readingWith(NaN);
    // A parabola in the value: its vertex follows from any three of its points.
    const at = (x: number): number => readingWith(x).statistic;
    const [low, middle, high] = [at(-10), at(0), at(10)];
    const curvature = (low - 2 * middle + high) / 200;
    const slope = (high - low) / 20;
    expect(missing.statistic).toBeCloseTo(middle - slope ** 2 / (4 * curvature), 3);
    expect(missing.blamed).toBeLessThan(1e-3 * at(10));
  });

  it('is no alarm, however long', () => {
    detector.reset();
    const readings = Array.from({ length: 60 }, (_, row) => {
      const { statistic, limit, ready } = detector.step(row < 10 ? rowOf(row) : rowOf(row).with(1, NaN));
      return ready && statistic > limit;
    });
    // 1 % of normal samples are beyond the limit
    expect(readings.filter(Boolean).length).toBeLessThanOrEqual(2);
  });
});

describe.each([
  ['zscore', 1],
  ['pca_t2', 1],
  ['pca_spe', 1],
  ['isolation_forest', 1],
  ['cva', 2],
] as const)('the reading of %s', (name, samples) => {
  const detector = fitted[name];

  it(`depends on no sample but the last ${samples}`, () => {
    detector.reset();
    const ofAll = readingsOf(detector, fresh[0], 30).slice(samples - 1);
    const ofTheLast = ofAll.map((_, row) => {
      const window = fresh[0].subarray(row * 4, (row + samples) * 4);
      return readingsOf(detectorOfArtifact(detector.toArtifact()), window, samples)[samples - 1];
    });
    expect(ofAll).toEqual(ofTheLast);
    expect(ofAll.every(({ ready }) => ready)).toBe(true);
  });
});

describe('what each detector sees', () => {
  const { zscore } = fitted;

  it('z-score: a single tag far out, and names it', () => {
    const reading = zscore.step(Float64Array.of(10, 20, 6, 0));
    expect(reading.statistic).toBeGreaterThan(reading.limit);
    expect(reading.contributions.indexOf(Math.max(...reading.contributions))).toBe(2);
  });

  it('SPE: a broken correlation inside the normal ranges, which z-score and T² miss', () => {
    const broken = Float64Array.of(11, 18, 0, 0);
    expect(zscore.step(broken).statistic).toBeLessThan(zscore.limit);
    expect(pca.t2.step(broken).statistic).toBeLessThan(pca.t2.limit);
    expect(pca.spe.step(broken).statistic).toBeGreaterThan(2 * pca.spe.limit);
  });

  it('T²: an unusual amount of usual variation, which SPE misses', () => {
    const far = Float64Array.of(15, 30, 0, 0);
    expect(pca.t2.step(far).statistic).toBeGreaterThan(2 * pca.t2.limit);
    expect(pca.spe.step(far).statistic).toBeLessThan(pca.spe.limit);
  });

  it('the theoretical limits agree with the empirical ones on normal data', () => {
    const { t2, spe } = fitPca(input, { components: 2, limits: 'theoretical' });
    expect(t2.limit / pca.t2.limit).toBeGreaterThan(0.8);
    expect(t2.limit / pca.t2.limit).toBeLessThan(1.25);
    expect(spe.limit / pca.spe.limit).toBeGreaterThan(0.8);
    expect(spe.limit / pca.spe.limit).toBeLessThan(1.25);
  });

  it('the statistics of T² and SPE add up to the full Mahalanobis and Euclidean lengths by their definition', () => {
    // Two tags with correlation r: eigenvalues 1 ± r along (1, ±1)/√2. z = (a, b): T² = (a+b)²/2/(1+r), SPE = (a−b)²/2.
    const form = Float64Array.of(0.5, -0.5, -0.5, 0.5);
    const mean = Float64Array.of(1, 2);
    const standardDeviation = Float64Array.of(2, 4);
    const spe = new QuadraticDetector({
      name: 'pca_spe',
      tagCodes: ['A', 'B'],
      mean,
      standardDeviation,
      lags: 1,
      form,
      limit: 1,
    });
    const reading = spe.step(Float64Array.of(5, -2)); // z = (2, −1), SPE = 9/2
    expect(reading.statistic).toBeCloseTo(4.5, 12);
    expect(Array.from(reading.contributions)).toEqual([4.5, 4.5]); // (M·z)ᵢ²/Mᵢᵢ = 1.5²/0.5
  });

  it('limits by formula: T² 2·(100²−1)/(100·98)·F(2, 98) at 99 % = 9.852; SPE with equal eigenvalues', () => {
    expect(hotellingLimit(2, 100, 0.01)).toBeCloseTo(((2 * 9999) / 9800) * 4.8285, 2);
    // Ten residual eigenvalues 1: SPE is chi-square with 10 degrees of freedom, 99 % at 23.209; h = 1/3 (Wilson–Hilferty).
    expect(speLimit(new Float64Array(10).fill(1), 0.01)).toBeCloseTo(23.21, 1);
  });
});
