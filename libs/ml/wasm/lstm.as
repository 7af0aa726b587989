/**
 * AssemblyScript source of lstm.wasm: the arithmetic of one LSTM layer over whole sequences, in 128-bit SIMD.
 * Compile with `node libs/ml/wasm/build.mjs`. The file does not end in .ts, so that the TypeScript compiler of the
 * product leaves it alone.
 *
 * All matrices are row-major float32. Gates stand in the order of Keras: input, forget, cell candidate, output.
 * The caller owns the memory: every argument named …Ptr is a byte address of a block that is large enough.
 */

const PANEL: i32 = 8; // columns of one packed panel: two SIMD vectors
const K_BLOCK: i32 = 256; // rows of the right matrix that are packed at once; one panel of them fits the L1 cache

// @ts-ignore: decorator
@inline
function splat(address: usize): v128 {
  return v128.load32_splat(address);
}

// @ts-ignore: decorator
@inline
function addProduct(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/**
 * e^x by x = n ln2 + r, |r| <= ln2/2, and a polynomial in r (Cephes expf); relative error below 2e-7. Adding 1.5 · 2^23
 * rounds to a whole n and leaves it in the lowest bits, from where it is shifted onto the exponent of the polynomial.
 */
// @ts-ignore: decorator
@inline
function exp4(value: v128): v128 {
  const x = f32x4.pmin(f32x4.pmax(value, f32x4.splat(-87.0)), f32x4.splat(87.0));
  const rounder = f32x4.splat(12582912.0);
  const rounded = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504088896341)), rounder);
  const n = f32x4.sub(rounded, rounder);
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = addProduct(f32x4.splat(1.3981999507e-3), p, r);
  p = addProduct(f32x4.splat(8.3334519073e-3), p, r);
  p = addProduct(f32x4.splat(4.1665795894e-2), p, r);
  p = addProduct(f32x4.splat(1.6666665459e-1), p, r);
  p = addProduct(f32x4.splat(5.0000001201e-1), p, r);
  p = f32x4.add(addProduct(r, f32x4.mul(p, r), r), f32x4.splat(1.0));
  return i32x4.add(p, i32x4.shl(rounded, 23));
}

// @ts-ignore: decorator
@inline
function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1.0);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

// @ts-ignore: decorator
@inline
function tanh4(x: v128): v128 {
  const one = f32x4.splat(1.0);
  return f32x4.sub(one, f32x4.div(f32x4.splat(2.0), f32x4.add(one, exp4(f32x4.add(x, x)))));
}

// @ts-ignore: decorator
@inline
function gate4(x: v128, hard: bool): v128 {
  if (!hard) return sigmoid4(x);
  const line = f32x4.add(f32x4.mul(x, f32x4.splat(0.2)), f32x4.splat(0.5));
  return f32x4.min(f32x4.max(line, f32x4.splat(0.0)), f32x4.splat(1.0));
}

/** Slope of the gate function, from its value y. */
// @ts-ignore: decorator
@inline
function gateSlope4(y: v128, hard: bool): v128 {
  const one = f32x4.splat(1.0);
  if (!hard) return f32x4.mul(y, f32x4.sub(one, y));
  const inside = v128.and(f32x4.gt(y, f32x4.splat(0.0)), f32x4.lt(y, one));
  return v128.and(inside, f32x4.splat(0.2));
}

/** Rows [k0, k0 + rows) of a matrix of `columns` columns, as panels of 8 columns, the last one filled with zeros. */
function pack(sourcePtr: usize, rowStride: usize, columnStride: usize, rows: i32, columns: i32, panelsPtr: usize): void {
  let to = panelsPtr;
  for (let n = 0; n < columns; n += PANEL) {
    const width = min(PANEL, columns - n);
    for (let k = 0; k < rows; k++) {
      const from = sourcePtr + <usize>k * rowStride + <usize>n * columnStride;
      if (width == PANEL && columnStride == 4) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      } else {
        for (let j = 0; j < PANEL; j++) {
          store<f32>(to + (<usize>j << 2), j < width ? load<f32>(from + <usize>j * columnStride) : 0);
        }
      }
      to += 32;
    }
  }
}

/** Adds a row of `width` <= 8 sums to memory. */
// @ts-ignore: decorator
@inline
function addRow(c: usize, left: v128, right: v128, width: i32): void {
  if (width == PANEL) {
    v128.store(c, f32x4.add(v128.load(c), left));
    v128.store(c, f32x4.add(v128.load(c, 16), right), 16);
    return;
  }
  store<v128>(scratch, left);
  store<v128>(scratch, right, 16);
  for (let j = 0; j < width; j++) {
    const at = <usize>j << 2;
    store<f32>(c + at, load<f32>(c + at) + load<f32>(scratch + at));
  }
}

const scratch: usize = memory.data(32, 16);

/** Four rows of C += A B for one panel. */
// @ts-ignore: decorator
@inline
function fourRows(a: usize, aRow: usize, aColumn: usize, depth: i32, panel: usize, c: usize, cRow: usize, width: i32): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  const a1 = aRow, a2 = aRow * 2, a3 = aRow * 3;
  for (let k = 0; k < depth; k++) {
    const left = v128.load(panel);
    const right = v128.load(panel, 16);
    let x = splat(a);
    c00 = addProduct(c00, x, left);
    c01 = addProduct(c01, x, right);
    x = splat(a + a1);
    c10 = addProduct(c10, x, left);
    c11 = addProduct(c11, x, right);
    x = splat(a + a2);
    c20 = addProduct(c20, x, left);
    c21 = addProduct(c21, x, right);
    x = splat(a + a3);
    c30 = addProduct(c30, x, left);
    c31 = addProduct(c31, x, right);
    a += aColumn;
    panel += 32;
  }
  addRow(c, c00, c01, width);
  addRow(c + cRow, c10, c11, width);
  addRow(c + cRow * 2, c20, c21, width);
  addRow(c + cRow * 3, c30, c31, width);
}

/** One row of C += A B for one panel; more than four sums at a time would not stay in the registers with the loads. */
// @ts-ignore: decorator
@inline
function oneRow(a: usize, aColumn: usize, depth: i32, panel: usize, c: usize, width: i32): void {
  let s0 = f32x4.splat(0), t0 = f32x4.splat(0), s1 = f32x4.splat(0), t1 = f32x4.splat(0);
  let k = 0;
  for (; k + 2 <= depth; k += 2) {
    let x = splat(a);
    s0 = addProduct(s0, x, v128.load(panel));
    t0 = addProduct(t0, x, v128.load(panel, 16));
    x = splat(a + aColumn);
    s1 = addProduct(s1, x, v128.load(panel, 32));
    t1 = addProduct(t1, x, v128.load(panel, 48));
    a += aColumn * 2;
    panel += 64;
  }
  if (k < depth) {
    const x = splat(a);
    s0 = addProduct(s0, x, v128.load(panel));
    t0 = addProduct(t0, x, v128.load(panel, 16));
  }
  addRow(c, f32x4.add(s0, s1), f32x4.add(t0, t1), width);
}

/** C (rows × columns) += A (rows × depth) · packed B (depth × columns). Strides in bytes. */
function addPackedProduct(
  a: usize, aRow: usize, aColumn: usize, rows: i32, depth: i32, panels: usize, columns: i32, c: usize, cRow: usize,
): void {
  const panelBytes = <usize>depth << 5;
  for (let n = 0; n < columns; n += PANEL) {
    const width = min(PANEL, columns - n);
    const cPanel = c + (<usize>n << 2);
    let m = 0;
    for (; m + 4 <= rows; m += 4) {
      fourRows(a + <usize>m * aRow, aRow, aColumn, depth, panels, cPanel + <usize>m * cRow, cRow, width);
    }
    for (; m < rows; m++) oneRow(a + <usize>m * aRow, aColumn, depth, panels, cPanel + <usize>m * cRow, width);
    panels += panelBytes;
  }
}

/** C += A · B with B packed block by block. Strides in bytes; `panelsPtr` has room for 256 × ceil8(columns) floats. */
function addProductOf(
  a: usize, aRow: usize, aColumn: usize, rows: i32, depth: i32,
  b: usize, bRow: usize, bColumn: usize, columns: i32, c: usize, cRow: usize, panelsPtr: usize,
): void {
  for (let k = 0; k < depth; k += K_BLOCK) {
    const block = min(K_BLOCK, depth - k);
    pack(b + <usize>k * bRow, bRow, bColumn, block, columns, panelsPtr);
    addPackedProduct(a + <usize>k * aColumn, aRow, aColumn, rows, block, panelsPtr, columns, c, cRow);
  }
}

/** A matrix as panels of 16 columns, which `columns` is a multiple of: what one row after the other is multiplied with. */
function packWide(source: usize, rowStride: usize, rows: i32, columns: i32, panelsPtr: usize): void {
  let to = panelsPtr;
  for (let n = 0; n < columns; n += 16) {
    let from = source + (<usize>n << 2);
    for (let k = 0; k < rows; k++) {
      memory.copy(to, from, 64);
      to += 64;
      from += rowStride;
    }
  }
}

/**
 * c += a · B for one row a of `depth` numbers, which is even, and B in panels of 16 columns. Sums are in the order of a: two
 * partial sums a column would need more registers, and eight vectors of sums take longer than four.
 */
function addRowProduct(a: usize, depth: i32, panel: usize, columns: i32, c: usize): void {
  const end = a + (<usize>depth << 2);
  for (let n = 0; n < columns; n += 16) {
    let s0 = v128.load(c), s1 = v128.load(c, 16), s2 = v128.load(c, 32), s3 = v128.load(c, 48);
    for (let at = a; at < end; at += 8) {
      let x = splat(at);
      s0 = addProduct(s0, x, v128.load(panel));
      s1 = addProduct(s1, x, v128.load(panel, 16));
      s2 = addProduct(s2, x, v128.load(panel, 32));
      s3 = addProduct(s3, x, v128.load(panel, 48));
      x = splat(at + 4);
      s0 = addProduct(s0, x, v128.load(panel, 64));
      s1 = addProduct(s1, x, v128.load(panel, 80));
      s2 = addProduct(s2, x, v128.load(panel, 96));
      s3 = addProduct(s3, x, v128.load(panel, 112));
      panel += 128;
    }
    v128.store(c, s0);
    v128.store(c, s1, 16);
    v128.store(c, s2, 32);
    v128.store(c, s3, 48);
    c += 64;
  }
}

/**
 * One sample, one step: pre-activations at z become gate values; writes the new cell state and output. Gate by gate, so
 * that the exponentials do not wait for each other.
 */
function stepForward(z: usize, gateBytes: usize, cPrevious: usize, c: usize, h: usize, hard: bool): void {
  const f = z + gateBytes, g = f + gateBytes, o = g + gateBytes;
  for (let at = z; at < g; at += 16) v128.store(at, gate4(v128.load(at), hard));
  for (let at = g; at < o; at += 16) v128.store(at, tanh4(v128.load(at)));
  for (let at = o; at < o + gateBytes; at += 16) v128.store(at, gate4(v128.load(at), hard));
  for (let u: usize = 0; u < gateBytes; u += 16) {
    const carried = cPrevious == 0 ? f32x4.splat(0) : f32x4.mul(v128.load(f + u), v128.load(cPrevious + u));
    const cell = f32x4.add(carried, f32x4.mul(v128.load(z + u), v128.load(g + u)));
    v128.store(c + u, cell);
    v128.store(h + u, f32x4.mul(v128.load(o + u), tanh4(cell)));
  }
}

/**
 * Runs the layer. `units` is a multiple of 4.
 * In: x [batch, steps, inputs], kernel [inputs, 4 units], recurrent [units, 4 units], bias [4 units].
 * Out: gates [batch, steps, 4 units], cells and outputs [batch, steps, units].
 * Work: panelsPtr with room for (max(256, units)) × 4 units floats.
 */
export function forward(
  batch: i32, steps: i32, inputs: i32, units: i32, hard: bool,
  xPtr: usize, kernelPtr: usize, recurrentPtr: usize, biasPtr: usize,
  gatesPtr: usize, cellsPtr: usize, outputsPtr: usize, panelsPtr: usize,
): void {
  const columns = units * 4;
  const gateBytes = <usize>units << 2;
  const zRow = gateBytes << 2;
  const rows = batch * steps;
  for (let row = 0; row < rows; row++) memory.copy(gatesPtr + <usize>row * zRow, biasPtr, zRow);
  const xRow = <usize>inputs << 2;
  addProductOf(xPtr, xRow, 4, rows, inputs, kernelPtr, zRow, 4, columns, gatesPtr, zRow, panelsPtr);
  const packed = batch >= 4;
  if (packed) pack(recurrentPtr, zRow, 4, units, columns, panelsPtr);
  else packWide(recurrentPtr, zRow, units, columns, panelsPtr);
  const zSample = zRow * <usize>steps;
  const hSample = gateBytes * <usize>steps;
  for (let t = 0; t < steps; t++) {
    const zStep = gatesPtr + <usize>t * zRow;
    const hStep = <usize>t * gateBytes;
    if (packed && t > 0) {
      addPackedProduct(outputsPtr + hStep - gateBytes, hSample, 4, batch, units, panelsPtr, columns, zStep, zSample);
    }
    for (let b = 0; b < batch; b++) {
      const z = zStep + <usize>b * zSample;
      const c = cellsPtr + hStep + <usize>b * hSample;
      const h = outputsPtr + hStep + <usize>b * hSample;
      if (!packed && t > 0) addRowProduct(h - gateBytes, units, panelsPtr, columns, z);
      stepForward(z, gateBytes, t > 0 ? c - gateBytes : 0, c, h, hard);
    }
  }
}

/**
 * A dense layer without its activation: out [rows, columns] = x [rows, inputs] · kernel [inputs, columns] + bias [columns].
 * Work: panelsPtr with room for 256 × ceil8(columns) floats.
 */
export function dense(
  rows: i32, inputs: i32, columns: i32,
  xPtr: usize, kernelPtr: usize, biasPtr: usize, outPtr: usize, panelsPtr: usize,
): void {
  const outRow = <usize>columns << 2;
  for (let row = 0; row < rows; row++) memory.copy(outPtr + <usize>row * outRow, biasPtr, outRow);
  addProductOf(xPtr, <usize>inputs << 2, 4, rows, inputs, kernelPtr, outRow, 4, columns, outPtr, outRow, panelsPtr);
}

/** tanh of `count` numbers, rounded up to a multiple of 4, in their place; absolute error below 2e-7. */
export function squash(count: i32, valuesPtr: usize): void {
  const end = valuesPtr + (<usize>count << 2);
  for (let at = valuesPtr; at < end; at += 16) v128.store(at, tanh4(v128.load(at)));
}

/** Slopes of tanh by its values: gradients [count] are multiplied by 1 − value², `count` rounded up to a multiple of 4. */
export function squashBack(count: i32, valuesPtr: usize, gradientsPtr: usize): void {
  const one = f32x4.splat(1.0);
  const bytes = <usize>count << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const y = v128.load(valuesPtr + at);
    const gradient = v128.load(gradientsPtr + at);
    v128.store(gradientsPtr + at, f32x4.mul(gradient, f32x4.sub(one, f32x4.mul(y, y))));
  }
}

/** One sample, one step backwards: gate values at z become gradients of the pre-activations; dc is carried on. */
// @ts-ignore: decorator
@inline
function stepBackward(z: usize, gateBytes: usize, cPrevious: usize, c: usize, dh: usize, dc: usize, hard: bool): void {
  const one = f32x4.splat(1.0);
  const i = v128.load(z);
  const f = v128.load(z + gateBytes);
  const g = v128.load(z + gateBytes * 2);
  const o = v128.load(z + gateBytes * 3);
  const squashed = tanh4(v128.load(c));
  const dOutput = v128.load(dh);
  const throughOutput = f32x4.mul(f32x4.mul(dOutput, o), f32x4.sub(one, f32x4.mul(squashed, squashed)));
  const dCell = f32x4.add(v128.load(dc), throughOutput);
  const previous = cPrevious == 0 ? f32x4.splat(0) : v128.load(cPrevious);
  v128.store(z, f32x4.mul(f32x4.mul(dCell, g), gateSlope4(i, hard)));
  v128.store(z + gateBytes, f32x4.mul(f32x4.mul(dCell, previous), gateSlope4(f, hard)));
  v128.store(z + gateBytes * 2, f32x4.mul(f32x4.mul(dCell, i), f32x4.sub(one, f32x4.mul(g, g))));
  v128.store(z + gateBytes * 3, f32x4.mul(f32x4.mul(dOutput, squashed), gateSlope4(o, hard)));
  v128.store(dc, f32x4.mul(dCell, f));
}

/**
 * Back-propagates through time. In: gates and cells as left by `forward`, dOutputs [batch, steps, units], which is used
 * up. `gates` becomes the gradient of the pre-activations. Work: dcPtr [batch, units] and panelsPtr with room for
 * 4 units × ceil8(units) floats.
 */
export function backward(
  batch: i32, steps: i32, units: i32, hard: bool,
  recurrentPtr: usize, gatesPtr: usize, cellsPtr: usize, dOutputsPtr: usize, dcPtr: usize, panelsPtr: usize,
): void {
  const columns = units * 4;
  const gateBytes = <usize>units << 2;
  const zRow = gateBytes << 2;
  const zSample = zRow * <usize>steps;
  const hSample = gateBytes * <usize>steps;
  memory.fill(dcPtr, 0, gateBytes * <usize>batch);
  pack(recurrentPtr, 4, zRow, columns, units, panelsPtr);
  for (let t = steps - 1; t >= 0; t--) {
    const zStep = gatesPtr + <usize>t * zRow;
    const hStep = <usize>t * gateBytes;
    for (let b = 0; b < batch; b++) {
      const z = zStep + <usize>b * zSample;
      const c = cellsPtr + hStep + <usize>b * hSample;
      const dh = dOutputsPtr + hStep + <usize>b * hSample;
      const dc = dcPtr + <usize>b * gateBytes;
      for (let u: usize = 0; u < gateBytes; u += 16) {
        stepBackward(z + u, gateBytes, t > 0 ? c - gateBytes + u : 0, c + u, dh + u, dc + u, hard);
      }
    }
    if (t > 0) {
      addPackedProduct(zStep, zSample, 4, batch, columns, panelsPtr, units, dOutputsPtr + hStep - gateBytes, hSample);
    }
  }
}

/** Gradient of the input: dx [batch · steps, inputs] (zeroed by the caller) += dz · kernelᵀ. */
export function inputGradient(
  rows: i32, inputs: i32, units: i32, kernelPtr: usize, dzPtr: usize, dxPtr: usize, panelsPtr: usize,
): void {
  const zRow = <usize>units << 4;
  addProductOf(dzPtr, zRow, 4, rows, units * 4, kernelPtr, 4, zRow, inputs, dxPtr, <usize>inputs << 2, panelsPtr);
}

/** Gradient of the kernel: dKernel [inputs, 4 units] (zeroed by the caller) += xᵀ · dz. */
export function kernelGradient(
  rows: i32, inputs: i32, units: i32, xPtr: usize, dzPtr: usize, dKernelPtr: usize, panelsPtr: usize,
): void {
  const zRow = <usize>units << 4;
  addProductOf(xPtr, 4, <usize>inputs << 2, inputs, rows, dzPtr, zRow, 4, units * 4, dKernelPtr, zRow, panelsPtr);
}

/** Gradient of the recurrent kernel: dRecurrent [units, 4 units] (zeroed by the caller) += Σ_t h[t−1]ᵀ · dz[t]. */
export function recurrentGradient(
  batch: i32, steps: i32, units: i32, outputsPtr: usize, dzPtr: usize, dRecurrentPtr: usize, panelsPtr: usize,
): void {
  const gateBytes = <usize>units << 2;
  const zRow = gateBytes << 2;
  for (let b = 0; b < batch; b++) {
    const h = outputsPtr + <usize>(b * steps) * gateBytes;
    const dz = dzPtr + <usize>(b * steps + 1) * zRow;
    addProductOf(h, 4, gateBytes, units, steps - 1, dz, zRow, 4, units * 4, dRecurrentPtr, zRow, panelsPtr);
  }
}

/** Gradient of the bias: dBias [4 units] (zeroed by the caller) += Σ rows of dz. */
export function biasGradient(rows: i32, units: i32, dzPtr: usize, dBiasPtr: usize): void {
  const zRow = <usize>units << 4;
  for (let row = 0; row < rows; row++) {
    const from = dzPtr + <usize>row * zRow;
    for (let u: usize = 0; u < zRow; u += 16) {
      v128.store(dBiasPtr + u, f32x4.add(v128.load(dBiasPtr + u), v128.load(from + u)));
    }
  }
}
