import {
  type ChartDefinition,
  CHARTS,
  fitInnovationBank,
  type InnovationBankDetector,
  PREDICTION_DETECTOR,
} from '#ml';
import { DETECTOR_TAGS } from '#tep';

/** Name of the primary detector as one recorded normal run alone would have made it. */
export const REAL_NORMALS = `${PREDICTION_DETECTOR}, real normals only`;

const COLUMNS = DETECTOR_TAGS.length;
/** Of the rows; what is left sets the limit. */
const TRAINING_SHARE = 0.6;
/** A limit for a false-alarm rate needs ten times the inverse of it in samples. */
const SAMPLES_PER_FALSE_ALARM = 10;
/** A limit needs so many stretches of a chart's memory, which are all that is independent of one another. */
const MEMORIES_PER_LIMIT = 40;
/** One lag: with more, the prediction has more coefficients a tag than the file has samples to fit them. */
const OPTIONS = { model: { lags: 1, ridge: 1e-2 }, quadratic: { components: 2 } };

/**
 * The primary detector as the pipeline would fit it had there been nothing but one recorded normal run of a day: the
 * first part of the run fits it, the rest sets the limit, at the smallest false-alarm rate and for the slowest charts
 * that so few samples allow.
 * @param values row-major, in the tags' own units
 */
export function bankOfRealNormals(values: Float64Array): InnovationBankDetector {
  const rows = values.length / COLUMNS;
  const training = Math.floor(TRAINING_SHARE * rows);
  const calibrationRows = rows - training - OPTIONS.model.lags;
  return fitInnovationBank(
    {
      tagCodes: DETECTOR_TAGS,
      trainingRuns: [values.slice(0, training * COLUMNS)],
      calibrationRuns: [values.slice(training * COLUMNS)],
    },
    {
      ...OPTIONS,
      charts: CHARTS.filter((chart) => memoryRows(chart) * MEMORIES_PER_LIMIT <= rows - training),
      falseAlarmRate: SAMPLES_PER_FALSE_ALARM / calibrationRows,
    },
  );
}

function memoryRows(chart: ChartDefinition): number {
  return 1 / (chart.kind === 'variance' ? chart.memory : chart.smoothing);
}
