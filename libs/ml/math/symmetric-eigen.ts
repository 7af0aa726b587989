export interface SymmetricEigen {
  /** Descending. */
  readonly values: Float64Array;
  /** n×n row-major: row k is the unit eigenvector of value k, its largest component positive. */
  readonly vectors: Float64Array;
}

const MAX_SWEEPS_PER_VALUE = 60;

/**
 * All eigenvalues and eigenvectors of a symmetric matrix: Householder reduction to tridiagonal form, then QR steps with
 * Wilkinson's shift (Golub and Van Loan, Matrix Computations, 4th ed., 8.3).
 *
 * @param a symmetric n×n, row-major, not changed
 * @throws RangeError when the matrix holds NaN or infinity (no convergence)
 */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  const work = Float64Array.from(a);
  const vectors = new Float64Array(n * n);
  const offDiagonal = tridiagonalise(work, vectors, n);
  const diagonal = Float64Array.from({ length: n }, (_, i) => work[i * n + i]);
  diagonalise(diagonal, offDiagonal, vectors, n);
  return sorted(diagonal, vectors, n);
}

/** Turns `a` into tridiagonal form in place; `vectors` becomes Qᵀ with A = Q·T·Qᵀ. Returns the off-diagonal of T. */
function tridiagonalise(a: Float64Array, vectors: Float64Array, n: number): Float64Array {
  const offDiagonal = new Float64Array(n);
  const reflectors: Float64Array[] = [];
  for (let k = 0; k < n - 1; k++) {
    const v = new Float64Array(n);
    let norm = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = a[i * n + k];
      norm = Math.hypot(norm, v[i]);
    }
    const alpha = v[k + 1] > 0 ? -norm : norm;
    offDiagonal[k] = alpha;
    v[k + 1] -= alpha;
    let length = 0;
    for (let i = k + 1; i < n; i++) length = Math.hypot(length, v[i]);
    if (length > 0) {
      for (let i = k + 1; i < n; i++) v[i] /= length;
      reflectBothSides(a, v, k + 1, n);
    }
    reflectors.push(v);
  }
  accumulate(reflectors, vectors, n);
  return offDiagonal;
}

/** A ← (I − 2vvᵀ)·A·(I − 2vvᵀ) on rows and columns from `start`. */
function reflectBothSides(a: Float64Array, v: Float64Array, start: number, n: number): void {
  const p = new Float64Array(n);
  let projection = 0;
  for (let i = start; i < n; i++) {
    let sum = 0;
    for (let j = start; j < n; j++) sum += a[i * n + j] * v[j];
    p[i] = 2 * sum;
    projection += p[i] * v[i];
  }
  for (let i = start; i < n; i++) p[i] -= projection * v[i];
  for (let i = start; i < n; i++) {
    for (let j = start; j < n; j++) a[i * n + j] -= v[i] * p[j] + p[i] * v[j];
  }
}

/** vectors ← (H₀·H₁·…)ᵀ: reflectors applied from the last to the first, each to the rows of the transpose. */
function accumulate(reflectors: readonly Float64Array[], vectors: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let k = reflectors.length - 1; k >= 0; k--) {
    const v = reflectors[k];
    for (let row = 0; row < n; row++) {
      let dot = 0;
      for (let j = k + 1; j < n; j++) dot += vectors[row * n + j] * v[j];
      if (dot === 0) continue;
      for (let j = k + 1; j < n; j++) vectors[row * n + j] -= 2 * dot * v[j];
    }
  }
}

function diagonalise(d: Float64Array, e: Float64Array, vectors: Float64Array, n: number): void {
  let end = n - 1;
  let sweeps = 0;
  while (end > 0) {
    if (isNegligible(d, e, end - 1)) {
      e[end - 1] = 0;
      end--;
      sweeps = 0;
      continue;
    }
    if (++sweeps > MAX_SWEEPS_PER_VALUE)
      throw new RangeError('no convergence: the matrix holds NaN or infinity');
    let start = end - 1;
    while (start > 0 && !isNegligible(d, e, start - 1)) start--;
    qrStep(d, e, vectors, start, end, n);
  }
}

function isNegligible(d: Float64Array, e: Float64Array, k: number): boolean {
  return Math.abs(e[k]) <= Number.EPSILON * (Math.abs(d[k]) + Math.abs(d[k + 1]));
}

function qrStep(
  d: Float64Array,
  e: Float64Array,
  vectors: Float64Array,
  start: number,
  end: number,
  n: number,
): void {
  const half = (d[end - 1] - d[end]) / 2;
  const last = e[end - 1];
  const shift = d[end] - (last * last) / (half + (half < 0 ? -1 : 1) * Math.hypot(half, last));
  let x = d[start] - shift;
  let bulge = e[start];
  for (let k = start; k < end; k++) {
    const r = Math.hypot(x, bulge);
    if (r === 0) return;
    const c = x / r;
    const s = bulge / r;
    if (k > start) e[k - 1] = r;
    const dk = d[k];
    const ek = e[k];
    const next = d[k + 1];
    d[k] = c * c * dk + 2 * c * s * ek + s * s * next;
    d[k + 1] = s * s * dk - 2 * c * s * ek + c * c * next;
    e[k] = c * s * (next - dk) + (c * c - s * s) * ek;
    if (k < end - 1) {
      bulge = s * e[k + 1];
      e[k + 1] *= c;
      x = e[k];
    }
    rotateRows(vectors, k, c, s, n);
  }
}

function rotateRows(vectors: Float64Array, k: number, c: number, s: number, n: number): void {
  for (let j = 0, upper = k * n, lower = upper + n; j < n; j++, upper++, lower++) {
    const a = vectors[upper];
    const b = vectors[lower];
    vectors[upper] = c * a + s * b;
    vectors[lower] = c * b - s * a;
  }
}

function sorted(diagonal: Float64Array, vectors: Float64Array, n: number): SymmetricEigen {
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => diagonal[j] - diagonal[i]);
  const values = Float64Array.from(order, (k) => diagonal[k]);
  const rows = new Float64Array(n * n);
  order.forEach((from, to) => {
    const row = vectors.subarray(from * n, (from + 1) * n);
    const largest = row.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    for (let j = 0; j < n; j++) rows[to * n + j] = largest < 0 ? -row[j] : row[j];
  });
  return { values, vectors: rows };
}
