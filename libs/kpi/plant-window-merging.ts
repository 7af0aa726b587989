import type { PlantWindow } from '#tep';

/** Joins windows that follow one another: means weigh by running time, the rest adds up. */
export function mergePlantWindows(windows: readonly PlantWindow[]): PlantWindow {
  const sums = new Map<string, { sum: number; weight: number }>();
  for (const { means, runningHours } of windows) {
    for (const [code, mean] of Object.entries(means)) {
      if (mean === undefined) continue;
      const entry = sums.get(code) ?? { sum: 0, weight: 0 };
      entry.sum += mean * runningHours;
      entry.weight += runningHours;
      sums.set(code, entry);
    }
  }
  const total = (figure: (window: PlantWindow) => number): number =>
    windows.reduce((sum, window) => sum + figure(window), 0);
  return {
    means: Object.fromEntries(
      [...sums].filter(([, { weight }]) => weight > 0).map(([code, { sum, weight }]) => [code, sum / weight]),
    ),
    plannedHours: total((window) => window.plannedHours),
    runningHours: total((window) => window.runningHours),
    assayedSamples: total((window) => window.assayedSamples),
    inSpecificationSamples: total((window) => window.inSpecificationSamples),
  };
}
