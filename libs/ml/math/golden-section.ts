const GOLDEN_SECTION = (Math.sqrt(5) - 1) / 2;
const ITERATIONS = 40;

/** Where a function with one minimum between `from` and `to` has it, to within (to − from)·2·10⁻⁹ (Kiefer, 1953). */
export function goldenSectionMinimum(f: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  let left = high - GOLDEN_SECTION * (high - low);
  let right = low + GOLDEN_SECTION * (high - low);
  let [atLeft, atRight] = [f(left), f(right)];
  for (let i = 0; i < ITERATIONS; i++) {
    if (atLeft < atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - GOLDEN_SECTION * (high - low);
      atLeft = f(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + GOLDEN_SECTION * (high - low);
      atRight = f(right);
    }
  }
  return (low + high) / 2;
}
