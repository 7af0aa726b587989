import { fitInnovationBank, type InnovationBankDetector, PREDICTION_DETECTOR } from '#ml';
import { DETECTOR_TAGS } from '#tep';

/** Name of the primary detector as one recorded normal run alone would have made it. */
export const REAL_NORMALS = `${PREDICTION_DETECTOR}, real normals only`;

const COLUMNS = DETECTOR_TAGS.length;
/** The file has 25 h. Slow charts need them to be fitted; what is left sets the limit. */
const TRAINING_SHARE = 0.6;
/** A limit for a false-alarm rate needs ten times the inverse of it in samples. */
const SAMPLES_PER_FALSE_ALARM = 10;
/** One lag: with more, the prediction has more coefficients a tag than the file has samples to fit them. */
const OPTIONS = { model: { lags: 1, ridge: 1e-2 }, quadratic: { components: 2 } };

/**
 * The primary detector as the pipeline would fit it had there been nothing but one recorded normal run: the first part
 * of the run fits it, the rest sets the limit, at the smallest false-alarm rate that so few samples allow.
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
    { ...OPTIONS, falseAlarmRate: SAMPLES_PER_FALSE_ALARM / calibrationRows },
  );
}
