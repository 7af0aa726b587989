import { beforeAll, describe, expect, it } from '#jest';
import { empiricalLimit, episodeLimit } from './calibration.js';
import type { DetectorFitInput } from './detector.js';
import { fitInnovationBank } from './fit-innovation-bank.js';
import type { InnovationBankDetector, InnovationBankParameters } from './innovation-bank.detector.js';
import { type ChartDefinition, InnovationChart } from './innovation-charts.js';
import { InnovationResiduals } from './innovation-residuals.js';
import { IsolationForest, meanImportance } from './isolation-forest.js';
import { IsolationForestChartsDetector } from './isolation-forest-charts.detector.js';
import { IsolationForestDetector } from './isolation-forest.detector.js';
import { quantile } from '../math/quantile.js';
import { SeededRandom } from '../math/seeded-random.js';
import { SlowQuadraticTerms } from './slow-quadratic-terms.js';
import { ZScoreDetector } from './zscore.detector.js';

const TAGS = 2;
const charts: readonly ChartDefinition[] = [
  { kind: 'energy', smoothing: 0.3 },
  { kind: 'variance', residual: 'step', smoothing: 0.5, memory: 0.2 },
  { kind: 'mean', residual: 'sensor', smoothing: 0.3 },
  { kind: 'energy', smoothing: 1 },
];

function aRun(seed: number, rows: number): Float64Array {
  const random = new SeededRandom(seed);
  const run = new Float64Array(rows * TAGS);
  let a = 0;
  for (let row = 0; row < rows; row++) {
    const before = a;
    a = 0.6 * a + random.nextNormal();
    run.set([10 + 2 * a, before + 0.5 * random.nextNormal()], row * TAGS);
  }
  return run;
}

const input: DetectorFitInput = {
  tagCodes: ['A', 'B'],
  trainingRuns: [1, 2].map((seed) => aRun(seed, 180)),
  calibrationRuns: [3, 4, 5].map((seed) => aRun(seed, 960)),
};
const options = { model: { lags: 1 }, quadratic: { components: 1 }, charts, falseAlarmRate: 0.01 };

let bank: InnovationBankDetector;
let parameters: InnovationBankParameters;
beforeAll(() => {
  bank = fitInnovationBank(input, options);
  ({ parameters } = bank);
});

const standardised = (run: Float64Array): Float64Array =>
  run.map((value, at) => (value - parameters.mean[at % TAGS]) / parameters.standardDeviation[at % TAGS]);
const rowsOf = (run: Float64Array): Float64Array[] =>
  Array.from({ length: run.length / TAGS }, (_, row) => run.slice(row * TAGS, (row + 1) * TAGS));

describe('a fitted innovation bank', () => {
  /** Values of a chart over the training runs without the first 100 samples that have a past: one list a value. */
  function settledValues(definition: ChartDefinition): Float64Array[] {
    const residuals = new InnovationResiduals(parameters.model, new SlowQuadraticTerms(parameters.quadratic));
    const chart = new InnovationChart(definition, TAGS);
    const open = new Float64Array(TAGS).fill(Infinity);
    const kept: number[][] = Array.from(chart.values, () => []);
    for (const run of input.trainingRuns) {
      residuals.reset();
      chart.reset();
      let seen = 0;
      for (const row of rowsOf(standardised(run))) {
        if (!residuals.push(row)) continue;
        chart.update(residuals, open);
        if (++seen > 100) chart.values.forEach((value, i) => kept[i].push(value));
      }
    }
    return kept.map((values) => Float64Array.from(values));
  }

  it.each(charts.map((definition, k) => [JSON.stringify(definition), definition, k] as const))(
    'puts the 99 %% quantile of a chart at a rarity of 2, and a decade as its tail says: %s',
    (_, definition, k) => {
      const { offset, slope } = parameters.scales[k];
      const tails = settledValues(definition).map((values) => ({
        start: quantile(values, 0.99),
        end: quantile(values, 0.9995),
      }));
      // The relative width of the middle tag, of two the upper one.
      const ratios = tails.map(({ start, end }) => end / start - 1).toSorted((a, b) => a - b);
      const median = ratios[Math.floor(ratios.length / 2)];
      tails.forEach(({ start, end }, i) => {
        // 10⁻² to 5·10⁻⁴ are log₁₀ 20 decades
        const decade = Math.max(end - start, median * start) / Math.log10(20);
        expect((start - offset[i]) * slope[i]).toBeCloseTo(2, 4);
        expect(1 / slope[i] / decade).toBeCloseTo(1, 4);
      });
    },
  );

  it('shows the rarest chart of each tag, and those of the energies behind them', () => {
    const residuals = new InnovationResiduals(parameters.model, new SlowQuadraticTerms(parameters.quadratic));
    const own = charts.map((definition) => new InnovationChart(definition, TAGS));
    const ceilings = parameters.scales.map(({ offset, slope }) =>
      offset.map((at, i) => at + (2 * bank.limit) / slope[i]),
    );
    bank.reset();
    for (const row of rowsOf(aRun(8, 60))) {
      const reading = bank.step(row);
      const ready = residuals.push(standardised(row));
      expect(reading.ready).toBe(ready);
      if (!ready) continue;
      const rarities = own.map((chart, k) => {
        chart.update(residuals, ceilings[k]);
        const { offset, slope } = parameters.scales[k];
        return Array.from(chart.values, (value, i) => Math.max(0, (value - offset[i]) * slope[i]));
      });
      const [energy, variance, mean, other] = rarities;
      const expected = [Math.max(variance[0], mean[0]), Math.max(variance[1], mean[1]), energy[0], other[0]];
      expected.forEach((rarity, i) => expect(bank.chartStatistics[i]).toBeCloseTo(rarity, 9));
      expect(reading.statistic).toBeCloseTo(Math.max(...expected), 9);
    }
  });

  it('has the limit that so many normal samples exceed, by default one for one false episode in 1000 days', () => {
    expect(bank.limit).toBe(empiricalLimit(bank.withLimit(Number.MAX_VALUE), input.calibrationRuns, 0.01));
    const { model, quadratic } = options;
    const byEpisodes = fitInnovationBank(input, { model, quadratic, charts });
    const open = byEpisodes.withLimit(Number.MAX_VALUE);
    expect(byEpisodes.limit).toBe(
      episodeLimit(open, input.calibrationRuns, { daysPerFalseEpisode: 1000, onDelay: 6 }),
    );
  });

  it('needs runs beyond the lags and the hundred samples in which its charts fill', () => {
    const fitOn = (rows: number) =>
      fitInnovationBank({ ...input, trainingRuns: [aRun(1, rows), aRun(2, 60)] }, options);
    expect(() => fitOn(101)).toThrow('training runs must be longer than 100 samples after the lags');
    expect(fitOn(110).limit).toBeGreaterThan(0);
    expect(() => fitInnovationBank({ ...input, trainingRuns: [] }, options)).toThrow('training run: no runs');
  });
});

describe('a fitted forest', () => {
  it('on raw tags is that of all training rows, with a limit that one normal sample in a hundred exceeds', () => {
    const few = { trees: 10, subsample: 32, seed: 3 };
    const detector = IsolationForestDetector.fit(input, few);
    const rows = Float64Array.from(input.trainingRuns.flatMap((run) => Array.from(run)));
    const forest = IsolationForest.fit(rows, TAGS, few);
    const { tensors, meta } = detector.toArtifact();
    expect(tensors.thresholds).toEqual(forest.parameters.thresholds);
    expect(tensors.normalImportance).toEqual(meanImportance(forest, rows));
    expect(meta).toMatchObject({
      detector: 'isolation_forest',
      trees: 10,
      subsample: 32,
      tagCodes: ['A', 'B'],
    });
    expect(detector.limit).toBe(empiricalLimit(detector, input.calibrationRuns, 0.01));
    const strict = IsolationForestDetector.fit(input, { ...few, falseAlarmRate: 0.1 });
    expect(strict.limit).toBe(empiricalLimit(detector, input.calibrationRuns, 0.1));
    const reading = detector.step(Float64Array.of(40, -9));
    expect(reading.statistic).toBe(forest.score(Float64Array.of(40, -9)));
    expect(() => IsolationForestDetector.fit({ ...input, trainingRuns: [] }, few)).toThrow(
      'training run: no runs',
    );
  });

  it('on charts is that of every tenth training row with a past, with a limit for one sample in a thousand', () => {
    const few = { trees: 10, subsample: 16, seed: 3 };
    const calibration = [
      ...input.calibrationRuns,
      ...[6, 7, 8, 9, 10, 11, 12, 13].map((seed) => aRun(seed, 960)),
    ];
    const detector = IsolationForestChartsDetector.fit(bank, { ...input, calibrationRuns: calibration }, few);
    const rows = input.trainingRuns.flatMap((run) => {
      bank.reset();
      return rowsOf(run).flatMap((row, n) => {
        bank.step(row);
        // The first row has no past.
        return n > 0 && n % 10 === 0 ? Array.from(bank.chartStatistics) : [];
      });
    });
    const forest = IsolationForest.fit(Float64Array.from(rows), TAGS + 2, few);
    const { tensors } = detector.toArtifact();
    expect(tensors.forest_thresholds).toEqual(forest.parameters.thresholds);
    expect(tensors.normalImportance).toEqual(meanImportance(forest, Float64Array.from(rows)));
    expect(detector.limit).toBe(empiricalLimit(detector, calibration, 0.001));
    expect(() => IsolationForestChartsDetector.fit(bank, input, few)).toThrow('false-alarm rate of 0.001');
  });
});

describe('a fitted z-score', () => {
  it('is the largest distance from the mean, with a limit that one normal sample in a hundred exceeds', () => {
    const detector = ZScoreDetector.fit(input);
    const z = standardised(Float64Array.of(14, -3));
    const { statistic, contributions, ready, limit } = detector.step(Float64Array.of(14, -3));
    expect(statistic).toBeCloseTo(Math.max(...z.map(Math.abs)), 12);
    contributions.forEach((value, i) => expect(value).toBeCloseTo(Math.abs(z[i]), 12));
    expect([ready, limit]).toEqual([true, empiricalLimit(detector, input.calibrationRuns, 0.01)]);
    const half = detector.step(Float64Array.of(14, NaN));
    expect([half.statistic, half.ready]).toEqual([Math.abs(z[0]), true]);
    expect(ZScoreDetector.fit(input, { falseAlarmRate: 0.1 }).limit).toBeLessThan(detector.limit);
  });
});
