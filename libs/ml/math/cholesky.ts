/**
 * Lower triangular L with A = L·Lᵀ, row-major, zeros above the diagonal.
 *
 * @param a symmetric n×n, row-major; only its lower triangle is read
 * @throws RangeError when A is not positive definite to working precision
 */
export function choleskyFactor(a: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      if (i === j) {
        if (!(sum > 1e-14 * Math.abs(a[i * n + i])))
          throw new RangeError(`matrix is not positive definite (pivot ${i})`);
        l[i * n + i] = Math.sqrt(sum);
      } else {
        l[i * n + j] = sum / l[j * n + j];
      }
    }
  }
  return l;
}

/** Solves L·X = B in place; B is n×m row-major. */
export function forwardSubstitute(l: Float64Array, n: number, b: Float64Array, m = 1): Float64Array {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtractScaledRow(b, i, k, l[i * n + k], m);
    scaleRow(b, i, 1 / l[i * n + i], m);
  }
  return b;
}

/** Solves Lᵀ·X = B in place; B is n×m row-major. */
export function backSubstitute(l: Float64Array, n: number, b: Float64Array, m = 1): Float64Array {
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) subtractScaledRow(b, i, k, l[k * n + i], m);
    scaleRow(b, i, 1 / l[i * n + i], m);
  }
  return b;
}

/** Solves A·X = B in place, given the factor of A; B is n×m row-major. */
export function choleskySolve(l: Float64Array, n: number, b: Float64Array, m = 1): Float64Array {
  return backSubstitute(l, n, forwardSubstitute(l, n, b, m), m);
}

/** A⁻¹ from the factor of A, exactly symmetric. */
export function choleskyInverse(l: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) inverse[i * n + i] = 1;
  choleskySolve(l, n, inverse, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (inverse[i * n + j] + inverse[j * n + i]) / 2;
      inverse[i * n + j] = mean;
      inverse[j * n + i] = mean;
    }
  }
  return inverse;
}

function subtractScaledRow(b: Float64Array, row: number, other: number, factor: number, m: number): void {
  if (factor === 0) return;
  for (let j = 0; j < m; j++) b[row * m + j] -= factor * b[other * m + j];
}

function scaleRow(b: Float64Array, row: number, factor: number, m: number): void {
  for (let j = 0; j < m; j++) b[row * m + j] *= factor;
}
