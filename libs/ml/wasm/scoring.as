/**
 * AssemblyScript source of scoring.wasm: the inner loops of scoring samples, in 128-bit SIMD. Compile with
 * `node libs/ml/wasm/build.mjs`. The file does not end in .ts, so that the TypeScript compiler of the product leaves it
 * alone. The caller owns the memory: every argument named …Ptr is a byte address of a block that is large enough.
 */

/** out = matrix · vector, float64, row-major; rows a multiple of 4, columns of 2. */
export function multiply(rows: i32, columns: i32, matrixPtr: usize, vectorPtr: usize, outPtr: usize): void {
  const stride = <usize>columns << 3;
  const end = vectorPtr + stride;
  for (let row = 0; row < rows; row += 4) {
    let a = f64x2.splat(0);
    let b = f64x2.splat(0);
    let c = f64x2.splat(0);
    let d = f64x2.splat(0);
    let at = matrixPtr;
    for (let v = vectorPtr; v < end; v += 16) {
      const x = v128.load(v);
      a = f64x2.add(a, f64x2.mul(v128.load(at), x));
      b = f64x2.add(b, f64x2.mul(v128.load(at + stride), x));
      c = f64x2.add(c, f64x2.mul(v128.load(at + 2 * stride), x));
      d = f64x2.add(d, f64x2.mul(v128.load(at + 3 * stride), x));
      at += 16;
    }
    store<f64>(outPtr, f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1), 0);
    store<f64>(outPtr, f64x2.extract_lane(b, 0) + f64x2.extract_lane(b, 1), 8);
    store<f64>(outPtr, f64x2.extract_lane(c, 0) + f64x2.extract_lane(c, 1), 16);
    store<f64>(outPtr, f64x2.extract_lane(d, 0) + f64x2.extract_lane(d, 1), 24);
    outPtr += 32;
    matrixPtr += 4 * stride;
  }
}

/**
 * Keys of up to eight rows for the forest: floor((value − mean) · scale), between −32768 and 32766; NaN becomes 0.
 * values: rows × columns float64, columns even; keys: columns × 8 int16, so that a column of eight rows is one vector.
 */
export function quantise(
  rows: i32,
  columns: i32,
  valuesPtr: usize,
  meanPtr: usize,
  scalePtr: usize,
  keysPtr: usize,
): void {
  const largest = i16x8.splat(32766);
  const zero = i32x4.splat(0);
  for (let row: usize = 0; row < <usize>rows; row++) {
    let keys = keysPtr + (row << 1);
    for (let column: usize = 0; column < <usize>columns; column += 2) {
      const at = column << 3;
      const centred = f64x2.sub(v128.load(valuesPtr + at), v128.load(meanPtr + at));
      const steps = f64x2.floor(f64x2.mul(centred, v128.load(scalePtr + at)));
      const narrow = i16x8.min_s(i16x8.narrow_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(steps), zero), largest);
      v128.store_lane<i16>(keys, narrow, 0);
      v128.store_lane<i16>(keys + 16, narrow, 1);
      keys += 32;
    }
    valuesPtr += <usize>columns << 3;
  }
}

/** All ones in the lanes of the rows that go right at node `i`. */
// @ts-ignore: decorator
@inline
function goesRight(heap: usize, keys: usize, i: usize): v128 {
  const node = heap + (i << 2);
  return i16x8.ge_s(v128.load(keys + <usize>load<u16>(node)), v128.load16_splat(node, 2));
}

/** Lane by lane, the outcome of node `i` where the row went left before, of node `i + 1` where it went right. */
// @ts-ignore: decorator
@inline
function either(heap: usize, keys: usize, i: usize, wentRight: v128): v128 {
  return v128.bitselect(goesRight(heap, keys, i + 1), goesRight(heap, keys, i), wentRight);
}

// @ts-ignore: decorator
@inline
function descend(heap: usize, keys: usize, i: u32): u32 {
  const word = load<i32>(heap + (<usize>i << 2));
  return (i << 1) + u32(i32(load<i16>(keys + <usize>(word & 0xffff))) >= word >> 16);
}

// @ts-ignore: decorator
@inline
function addLeaf(total: usize, leaves: usize, i: u32): void {
  store<f64>(total, load<f64>(total) + load<f64>(leaves + (<usize>i << 3)));
}

/**
 * Adds to eight totals the path lengths of eight rows in every tree. A tree is a heap of 2^depth words from index 1 on,
 * threshold in the high half, 16 · column in the low half; its leaves follow as 2^depth float64. The first four levels
 * are decided for all rows at once, where few nodes share many rows; below, each row walks alone.
 * depth at least 4.
 */
export function addPathLengths(
  trees: i32,
  depth: i32,
  nodesPtr: usize,
  leavesPtr: usize,
  keysPtr: usize,
  totalsPtr: usize,
): void {
  const width = <usize>1 << <usize>depth;
  let heap = nodesPtr;
  let leaves = leavesPtr - (width << 3);
  const k = keysPtr;
  for (let tree = 0; tree < trees; tree++) {
    const r1 = goesRight(heap, k, 1);
    const r2 = either(heap, k, 2, r1);
    const r3 = v128.bitselect(either(heap, k, 6, r2), either(heap, k, 4, r2), r1);
    const upper = v128.bitselect(either(heap, k, 14, r3), either(heap, k, 12, r3), r2);
    const lower = v128.bitselect(either(heap, k, 10, r3), either(heap, k, 8, r3), r2);
    const r4 = v128.bitselect(upper, lower, r1);
    // A lane of ones is −1: subtracting it adds the step to the right.
    let i = i16x8.sub(i16x8.splat(2), r1);
    i = i16x8.sub(i16x8.add(i, i), r2);
    i = i16x8.sub(i16x8.add(i, i), r3);
    i = i16x8.sub(i16x8.add(i, i), r4);
    let a: u32 = i16x8.extract_lane_u(i, 0);
    let b: u32 = i16x8.extract_lane_u(i, 1);
    let c: u32 = i16x8.extract_lane_u(i, 2);
    let d: u32 = i16x8.extract_lane_u(i, 3);
    let e: u32 = i16x8.extract_lane_u(i, 4);
    let f: u32 = i16x8.extract_lane_u(i, 5);
    let g: u32 = i16x8.extract_lane_u(i, 6);
    let h: u32 = i16x8.extract_lane_u(i, 7);
    for (let level = 4; level < depth; level++) {
      a = descend(heap, k, a);
      b = descend(heap, k + 2, b);
      c = descend(heap, k + 4, c);
      d = descend(heap, k + 6, d);
      e = descend(heap, k + 8, e);
      f = descend(heap, k + 10, f);
      g = descend(heap, k + 12, g);
      h = descend(heap, k + 14, h);
    }
    addLeaf(totalsPtr, leaves, a);
    addLeaf(totalsPtr + 8, leaves, b);
    addLeaf(totalsPtr + 16, leaves, c);
    addLeaf(totalsPtr + 24, leaves, d);
    addLeaf(totalsPtr + 32, leaves, e);
    addLeaf(totalsPtr + 40, leaves, f);
    addLeaf(totalsPtr + 48, leaves, g);
    addLeaf(totalsPtr + 56, leaves, h);
    heap += width << 2;
    leaves += width << 3;
  }
}

/**
 * Sum of the path lengths of one row, whose keys are the first of every eight, in every tree; laid out as for
 * `addPathLengths`. Four trees at a time: within one, each level waits for the one above. Added up tree by tree.
 */
export function pathLengthOfRow(
  trees: i32,
  depth: i32,
  nodesPtr: usize,
  leavesPtr: usize,
  keysPtr: usize,
): f64 {
  const width = <usize>1 << <usize>depth;
  const heapBytes = width << 2;
  const leafBytes = width << 3;
  let heap = nodesPtr;
  let leaves = leavesPtr - leafBytes;
  let total: f64 = 0;
  let tree = 0;
  for (; tree + 4 <= trees; tree += 4) {
    const second = heap + heapBytes;
    const third = second + heapBytes;
    const fourth = third + heapBytes;
    let a: u32 = 1;
    let b: u32 = 1;
    let c: u32 = 1;
    let d: u32 = 1;
    for (let level = 0; level < depth; level++) {
      a = descend(heap, keysPtr, a);
      b = descend(second, keysPtr, b);
      c = descend(third, keysPtr, c);
      d = descend(fourth, keysPtr, d);
    }
    total += load<f64>(leaves + (<usize>a << 3));
    leaves += leafBytes;
    total += load<f64>(leaves + (<usize>b << 3));
    leaves += leafBytes;
    total += load<f64>(leaves + (<usize>c << 3));
    leaves += leafBytes;
    total += load<f64>(leaves + (<usize>d << 3));
    leaves += leafBytes;
    heap = fourth + heapBytes;
  }
  for (; tree < trees; tree++) {
    let i: u32 = 1;
    for (let level = 0; level < depth; level++) i = descend(heap, keysPtr, i);
    total += load<f64>(leaves + (<usize>i << 3));
    heap += heapBytes;
    leaves += leafBytes;
  }
  return total;
}
