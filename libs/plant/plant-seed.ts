/**
 * Start value of the random generator in a stretch of plant time. Stretch 0 runs on the configured seed itself, so
 * that its series is the one `simulateRun` makes of that seed. Later stretches need new values: the generator repeats
 * itself after at most 2²⁷ draws (141 plant hours), and reaches that only from odd multiples of eight.
 */
export function seedOfStretch(seed: number, stretch: number): number {
  if (stretch === 0) return seed;
  const low = seed >>> 0;
  const high = Math.floor(seed / 2 ** 32);
  const mixed = scattered(scattered(low ^ Math.imul(high, 0x9e3779b1)) ^ Math.imul(stretch, 0x85ebca6b));
  return 8 * (2 * (mixed >>> 4) + 1);
}

/** Finalizer of MurmurHash3: every bit of the result depends on every bit of the input. */
function scattered(bits: number): number {
  let h = bits;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
