/**
 * Column-wise scaling that can be learnt, applied, undone and stored.
 *
 * Policy of all scalers: NaN means missing, is left out when fitting and stays NaN when transforming; infinite values are
 * refused when fitting; a column without spread (constant, or all zero for RMS) gets scale 1, so that it maps to a
 * constant and back without division by zero; a column with fewer than two values is refused.
 */
export interface Scaler {
  readonly columns: number;
  /** @param out may be `rows` itself; default a new array. Tables are row-major. */
  transform(rows: Float64Array, out?: Float64Array): Float64Array;
  inverse(rows: Float64Array, out?: Float64Array): Float64Array;
  toJSON(): ScalerJson;
}

export interface ScalerJson {
  readonly kind: 'zscore' | 'minmax' | 'rms';
  readonly offset: readonly number[];
  readonly scale: readonly number[];
}

export const MINIMUM_CELLS_PER_COLUMN = 2;

/** Spread below this share of the column's magnitude is rounding noise of a constant. */
const RELATIVE_CONSTANT = 1e-12;

export function scaleOrOne(spread: number, magnitude: number): number {
  return spread > RELATIVE_CONSTANT * Math.abs(magnitude) ? spread : 1;
}

/** y = (x − offset) / scale per column: what all three scalers do once fitted. */
export class AffineMap {
  constructor(
    readonly offset: Float64Array,
    readonly scale: Float64Array,
  ) {
    if (offset.length !== scale.length) throw new RangeError('offset and scale differ in length');
    scale.forEach((value, column) => {
      if (!(Number.isFinite(value) && value !== 0 && Number.isFinite(offset[column]))) {
        throw new RangeError(`column ${column}: offset must be finite and scale finite and not zero`);
      }
    });
  }

  /** @throws RangeError when the tables are ragged or differ in size */
  forward(rows: Float64Array, out: Float64Array): Float64Array {
    const { offset, scale } = this;
    assertTable(rows, out, offset.length);
    for (let at = 0, column = 0; at < rows.length; at++) {
      out[at] = (rows[at] - offset[column]) / scale[column];
      if (++column === offset.length) column = 0;
    }
    return out;
  }

  backward(rows: Float64Array, out: Float64Array): Float64Array {
    const { offset, scale } = this;
    assertTable(rows, out, offset.length);
    for (let at = 0, column = 0; at < rows.length; at++) {
      out[at] = rows[at] * scale[column] + offset[column];
      if (++column === offset.length) column = 0;
    }
    return out;
  }

  toJSON(kind: ScalerJson['kind']): ScalerJson {
    return { kind, offset: Array.from(this.offset), scale: Array.from(this.scale) };
  }

  /** @throws RangeError when the JSON is of another kind or malformed */
  static fromJSON(json: ScalerJson, kind: ScalerJson['kind']): AffineMap {
    if (json.kind !== kind) throw new RangeError(`a ${json.kind} scaler is not a ${kind} scaler`);
    return new AffineMap(Float64Array.from(json.offset), Float64Array.from(json.scale));
  }
}

function assertTable(rows: Float64Array, out: Float64Array, columns: number): void {
  if (rows.length % columns !== 0) throw new RangeError(`${rows.length} values are not rows of ${columns}`);
  if (out.length !== rows.length)
    throw new RangeError(`out has ${out.length} values, ${rows.length} are needed`);
}
