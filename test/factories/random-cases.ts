/**
 * What property tests give fast-check: the same cases every time, so that a red run speaks of the change and not of its luck.
 * FC_SEED takes others, and FC_RUNS more or fewer.
 */
export function randomCases(count: number): { seed: number; numRuns: number } {
  return { seed: Number(process.env.FC_SEED ?? 20_261), numRuns: Number(process.env.FC_RUNS ?? count) };
}
