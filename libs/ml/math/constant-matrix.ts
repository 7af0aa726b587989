import { scoringKernel } from './scoring-kernel.js';

/** Rows that one pass of the kernel works on. */
const ROWS_AT_ONCE = 4;
const COLUMNS_AT_ONCE = 2;

/** A matrix that many vectors will be multiplied with: in SIMD where the engine has it. */
export class ConstantMatrix {
  private readonly product: Product;

  /** @param values rows × columns, row-major; copied */
  constructor(
    values: Float64Array,
    readonly rows: number,
    readonly columns: number,
  ) {
    if (values.length !== rows * columns) {
      throw new RangeError(`${values.length} values are not a ${rows} × ${columns} matrix`);
    }
    this.product = kernelProduct(this, values) ?? plainProduct(values, columns);
  }

  /** out = matrix · vector */
  multiply(vector: Float64Array, out: Float64Array): void {
    this.product(vector, out);
  }
}

type Product = (vector: Float64Array, out: Float64Array) => void;

function kernelProduct(owner: ConstantMatrix, values: Float64Array): Product | undefined {
  const kernel = scoringKernel();
  if (kernel === null) return undefined;
  const rows = Math.ceil(owner.rows / ROWS_AT_ONCE) * ROWS_AT_ONCE;
  const columns = Math.ceil(owner.columns / COLUMNS_AT_ONCE) * COLUMNS_AT_ONCE;
  const matrixAt = kernel.allocate(owner, (rows * columns + columns + rows) * 8);
  const vectorAt = matrixAt + rows * columns * 8;
  const outAt = vectorAt + columns * 8;
  const block = new Float64Array(kernel.buffer, matrixAt, rows * columns + columns + rows).fill(0);
  for (let i = 0; i < owner.rows; i++) {
    block.set(values.subarray(i * owner.columns, (i + 1) * owner.columns), i * columns);
  }
  const { rows: usedRows, columns: usedColumns } = owner;
  let vectorView = new Float64Array(kernel.buffer, vectorAt, usedColumns);
  let outView = new Float64Array(kernel.buffer, outAt, usedRows);
  return (vector, out) => {
    if (vectorView.buffer !== kernel.buffer) {
      vectorView = new Float64Array(kernel.buffer, vectorAt, usedColumns);
      outView = new Float64Array(kernel.buffer, outAt, usedRows);
    }
    vectorView.set(vector);
    kernel.wasm.multiply(rows, columns, matrixAt, vectorAt, outAt);
    out.set(outView);
  };
}

/** Four partial sums, so that one addition need not wait for the one before. */
export function plainProduct(values: Float64Array, columns: number): Product {
  return (vector, out) => {
    const whole = columns - (columns % 4);
    for (let i = 0; i < out.length; i++) {
      let at = i * columns;
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let j = 0; j < whole; j += 4, at += 4) {
        a += values[at] * vector[j];
        b += values[at + 1] * vector[j + 1];
        c += values[at + 2] * vector[j + 2];
        d += values[at + 3] * vector[j + 3];
      }
      for (let j = whole; j < columns; j++, at++) a += values[at] * vector[j];
      out[i] = a + b + (c + d);
    }
  };
}
