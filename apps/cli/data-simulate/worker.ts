import { parentPort } from 'node:worker_threads';
import { simulateRunInSlices, type SimulatedRun, type SimulatedRunOptions } from '#tep';

/** Rows simulated between two messages: about 40 ms of work. */
const ROWS_PER_SLICE = 50;

/** Rows simulated so far, then the whole run. */
export type SimulationMessage = { kind: 'rows'; rows: number } | { kind: 'run'; run: SimulatedRun };

const port = parentPort;
if (port === null) throw new Error('data-simulate.worker runs as a worker thread only');

port.on('message', (options: SimulatedRunOptions) => {
  const slices = simulateRunInSlices(options, ROWS_PER_SLICE);
  for (let rows = ROWS_PER_SLICE; ; rows += ROWS_PER_SLICE) {
    const slice = slices.next();
    if (slice.done) {
      const run = slice.value;
      return port.postMessage({ kind: 'run', run } satisfies SimulationMessage, [
        run.values.buffer as ArrayBuffer,
      ]);
    }
    port.postMessage({ kind: 'rows', rows } satisfies SimulationMessage);
  }
});
