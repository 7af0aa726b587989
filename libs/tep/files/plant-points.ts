import type { PlantFile, PlantRun, PointQuality } from './plant-file.js';

/** One value of one tag at one instant of a run. */
export interface TimedPoint {
  readonly code: string;
  /** Epoch milliseconds UTC. */
  readonly timeMs: number;
  readonly value: number;
  /** Good where the file says nothing. */
  readonly quality?: PointQuality;
}

export interface PlantPoints {
  readonly run: PlantRun;
  readonly points: readonly TimedPoint[];
}

export interface PlantClock {
  /** Epoch milliseconds of the first sample of a run, for formats that only number their samples. */
  readonly startMs: (run: PlantRun) => number;
  /** Time between samples; default 180 000 ms, the recording interval. */
  readonly intervalMs?: number;
}

/**
 * Any plant file as points, a batch at a time and one run per batch. Samples without a time of their own get the
 * clock's; missing values are left out.
 */
export async function* plantPoints(file: PlantFile, clock: PlantClock): AsyncGenerator<PlantPoints> {
  const { startMs, intervalMs = 180_000 } = clock;
  for await (const batch of file.batches) {
    if (batch.kind === 'points') {
      yield batch;
      continue;
    }
    const runStartMs = startMs(batch.run);
    const points: TimedPoint[] = [];
    for (const { index, timeMs, values } of batch.samples) {
      const sampleMs = timeMs ?? runStartMs + index * intervalMs;
      values.forEach((value, column) => {
        if (!Number.isNaN(value)) points.push({ code: file.codes[column], timeMs: sampleMs, value });
      });
    }
    yield { run: batch.run, points };
  }
}
