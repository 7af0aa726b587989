import type { MessagePort } from 'node:worker_threads';
import { simulateRunInSlices, type SimulatedRun, type SimulatedRunOptions } from '#tep';

/** Rows simulated between two messages: about 40 ms of work. */
const ROWS_PER_SLICE = 50;

export interface SimulationTask {
  readonly options: SimulatedRunOptions;
  /** Is sent how many rows there are so far. */
  readonly progress: MessagePort;
}

/** What a thread of the pool does. */
export default function simulate({ options, progress }: SimulationTask): SimulatedRun {
  const slices = simulateRunInSlices(options, ROWS_PER_SLICE);
  for (let rows = ROWS_PER_SLICE; ; rows += ROWS_PER_SLICE) {
    const slice = slices.next();
    if (slice.done) return slice.value;
    progress.postMessage(rows);
  }
}
