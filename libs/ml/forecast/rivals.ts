import { AdaptiveInterval } from '../math/conformal.js';
import { DLinear } from './dlinear.js';
import { FORECAST_HORIZON } from './horizon.js';
import { COVERAGE_LEVELS, INTERVAL_ALPHA, interpolatedHalfWidth } from './intervals.js';
import { type ModelFiles, tensorFiles, tensorsFromFiles } from '../store/model-files.js';
import { RidgeVar } from './ridge-var.js';

const META = 'rivals.json';
const NUMBERS = 'rivals.bin';

/**
 * What the forecast has to be better than, fitted on the normal training runs and kept with the model so that it can be
 * measured against them anywhere. No prediction uses them.
 */
export class ForecastRivals {
  constructor(
    /** Of order 8, iterated. */
    readonly ridgeVar: RidgeVar,
    readonly dlinear: DLinear,
    /** Half-widths of the autoregression on normal calibration runs: horizon × tags × coverage levels, standardised. */
    readonly halfWidths: Float32Array,
  ) {}

  /**
   * The autoregression as it would run beside a plant: forecasts of some steps at every row, with intervals that adaptive
   * conformal inference follows from the first row on. Rows × steps · tags each.
   */
  autoregression(
    z: Float64Array,
    steps: readonly number[],
  ): { values: Float64Array; halfWidths: Float64Array } {
    const tags = this.ridgeVar.columns;
    const rows = z.length / tags;
    const width = steps.length * tags;
    const values = new Float64Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const path = this.ridgeVar.forecast(z, row, Math.max(...steps));
      steps.forEach((step, n) => {
        values.set(path.subarray((step - 1) * tags, step * tags), row * width + n * tags);
      });
    }
    const halfWidths = new Float64Array(rows * width);
    for (let at = 0; at < width; at++) {
      const step = steps[Math.floor(at / tags)];
      const tag = at % tags;
      const interval = this.interval(step, tag);
      for (let row = 0; row < rows; row++) {
        const made = row - step;
        const residual = made < 0 ? undefined : z[row * tags + tag] - values[made * width + at];
        halfWidths[row * width + at] = interval.step(residual);
      }
    }
    return { values, halfWidths };
  }

  private interval(step: number, tag: number): AdaptiveInterval {
    const from = ((step - 1) * this.ridgeVar.columns + tag) * COVERAGE_LEVELS.length;
    return new AdaptiveInterval((alpha) => interpolatedHalfWidth(this.halfWidths, from, 1 - alpha), {
      alpha: INTERVAL_ALPHA,
      horizonSteps: step,
    });
  }

  toFiles(): Map<string, Uint8Array> {
    const { ridgeVar, dlinear, halfWidths } = this;
    const meta = { columns: ridgeVar.columns, order: ridgeVar.order, window: dlinear.window };
    const ridge = Float32Array.from(ridgeVar.coefficients);
    return tensorFiles(meta, { ridge, dlinear: dlinear.weights, halfWidths }, META, NUMBERS);
  }

  /** @throws ModelStoreError model_corrupt */
  static fromFiles(files: ModelFiles): ForecastRivals {
    const { meta, tensors } = tensorsFromFiles(files, META, NUMBERS);
    const { columns, order, window } = meta as { columns: number; order: number; window: number };
    return new ForecastRivals(
      new RidgeVar(order, columns, Float64Array.from(tensors.ridge)),
      new DLinear(columns, window, FORECAST_HORIZON, Float32Array.from(tensors.dlinear)),
      Float32Array.from(tensors.halfWidths),
    );
  }
}
