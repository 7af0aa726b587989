import { Worker } from 'node:worker_threads';
import type { SimulatedRun, SimulatedRunOptions } from '#tep';
import type { SimulationMessage } from './worker.js';

/** Simulates runs on several threads and hands them over in the order they were asked for. */
export class SimulationPool {
  private readonly idle: Worker[];
  private readonly workers: readonly Worker[];
  private readonly waiting: ((worker: Worker) => void)[] = [];

  constructor(threads: number) {
    const script = new URL('./worker.js', import.meta.url);
    this.workers = Array.from({ length: threads }, () => new Worker(script));
    this.idle = [...this.workers];
  }

  /**
   * The runs of a plan, in its order. At most two runs a thread are simulated ahead of what has been taken, so that
   * memory stays bounded when the taker is slow.
   */
  async *runs<T extends { options: SimulatedRunOptions }>(
    plan: Iterable<T>,
    onRows: (rows: number) => void,
  ): AsyncGenerator<{ planned: T; run: SimulatedRun }> {
    const ahead: { planned: T; run: Promise<SimulatedRun> }[] = [];
    for (const planned of plan) {
      const run = this.simulate(planned.options, onRows);
      run.catch(() => undefined); // reported when its turn comes
      ahead.push({ planned, run });
      if (ahead.length >= 2 * this.workers.length) yield* taken(ahead);
    }
    while (ahead.length > 0) yield* taken(ahead);
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private async simulate(
    options: SimulatedRunOptions,
    onRows: (rows: number) => void,
  ): Promise<SimulatedRun> {
    const worker = this.idle.pop() ?? (await new Promise<Worker>((resolve) => this.waiting.push(resolve)));
    const run = await runOn(worker, options, onRows);
    const next = this.waiting.shift();
    if (next === undefined) this.idle.push(worker);
    else next(worker);
    return run;
  }
}

async function* taken<T>(ahead: { planned: T; run: Promise<SimulatedRun> }[]) {
  const first = ahead.shift();
  if (first !== undefined) yield { planned: first.planned, run: await first.run };
}

function runOn(
  worker: Worker,
  options: SimulatedRunOptions,
  onRows: (rows: number) => void,
): Promise<SimulatedRun> {
  return new Promise((resolve, reject) => {
    let counted = 0;
    const count = (rows: number) => {
      onRows(rows - counted);
      counted = rows;
    };
    const settle = (finish: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      finish();
    };
    const onMessage = (message: SimulationMessage) => {
      count(message.kind === 'rows' ? message.rows : message.run.rows);
      if (message.kind === 'run') settle(() => resolve(message.run));
    };
    const onError = (error: Error) => settle(() => reject(error));
    const onExit = (code: number) =>
      settle(() => reject(new Error(`simulation thread ended with code ${code}`)));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(options);
  });
}
