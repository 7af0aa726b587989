import { fitCva } from './cva.detector.js';
import type { DetectorArtifact, DetectorFitInput, DetectorName, StreamingDetector } from './detector.js';
import { fitInnovationBank } from './fit-innovation-bank.js';
import { InnovationBankDetector } from './innovation-bank.detector.js';
import { IsolationForestChartsDetector } from './isolation-forest-charts.detector.js';
import { IsolationForestDetector } from './isolation-forest.detector.js';
import { fitPca } from './pca.detector.js';
import { QuadraticDetector } from './quadratic.detector.js';
import { ZScoreDetector } from './zscore.detector.js';

/** What it takes to have a detector. */
export interface DetectorKind {
  /** Fits it and sets its limit. */
  fit(input: DetectorFitInput, seed: number): StreamingDetector;
  /** Reads its parameters back. */
  read(artifact: DetectorArtifact): StreamingDetector;
  /** Plant days of normal operation needed at least, to fit it, to set its limit and to assess it. */
  readonly leastDays: {
    readonly training: number;
    readonly calibration: number;
    readonly test: number;
  };
}

/** Of the forest on chart statistics: ten plant days of calibration are enough to set a limit for it. */
const CHARTS_FALSE_ALARM_RATE = 0.005;

const readQuadratic = (artifact: DetectorArtifact): StreamingDetector =>
  QuadraticDetector.fromArtifact(artifact);

/**
 * Every detector there is: one that is missing here does not compile.
 *
 * The bank fits some 800 numbers a tag and its limit is extrapolated from half days; the limits of the others are
 * quantiles, of which the forest on charts needs a rarer one.
 */
export const DETECTOR_KINDS: Readonly<Record<DetectorName, DetectorKind>> = {
  innovation_bank: {
    fit: (input) => fitInnovationBank(input),
    read: (artifact) => InnovationBankDetector.fromArtifact(artifact),
    leastDays: { training: 6, calibration: 7, test: 2 },
  },
  zscore: {
    fit: (input) => ZScoreDetector.fit(input),
    read: (artifact) => ZScoreDetector.fromArtifact(artifact),
    leastDays: { training: 2, calibration: 3, test: 1 },
  },
  pca_t2: {
    fit: (input) => fitPca(input).t2,
    read: readQuadratic,
    leastDays: { training: 4, calibration: 4, test: 2 },
  },
  pca_spe: {
    fit: (input) => fitPca(input).spe,
    read: readQuadratic,
    leastDays: { training: 4, calibration: 4, test: 2 },
  },
  cva: {
    fit: (input) => fitCva(input),
    read: readQuadratic,
    leastDays: { training: 4, calibration: 4, test: 2 },
  },
  isolation_forest: {
    fit: (input, seed) => IsolationForestDetector.fit(input, { seed }),
    read: (artifact) => IsolationForestDetector.fromArtifact(artifact),
    leastDays: { training: 4, calibration: 4, test: 2 },
  },
  isolation_forest_charts: {
    fit: (input, seed) =>
      IsolationForestChartsDetector.fit(fitInnovationBank(input), input, {
        seed,
        falseAlarmRate: CHARTS_FALSE_ALARM_RATE,
      }),
    read: (artifact) => IsolationForestChartsDetector.fromArtifact(artifact),
    leastDays: { training: 6, calibration: 7, test: 2 },
  },
};
