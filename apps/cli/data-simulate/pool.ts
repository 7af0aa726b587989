import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { SimulatedRun, SimulatedRunOptions } from '#tep';
import type { SimulationTask } from './worker.js';

/** Simulates runs on several threads and yields them in the order they were asked for. */
export class SimulationPool {
  private readonly pool: Piscina<SimulationTask, SimulatedRun>;

  constructor(private readonly threads: number) {
    const filename = fileURLToPath(new URL('./worker.js', import.meta.url));
    this.pool = new Piscina({ filename, minThreads: threads, maxThreads: threads });
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
      if (ahead.length >= 2 * this.threads) yield* taken(ahead);
    }
    while (ahead.length > 0) yield* taken(ahead);
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }

  private async simulate(
    options: SimulatedRunOptions,
    onRows: (rows: number) => void,
  ): Promise<SimulatedRun> {
    const { port1, port2 } = new MessageChannel();
    let counted = 0;
    const count = (rows: number): void => {
      onRows(rows - counted);
      counted = rows;
    };
    port1.on('message', count);
    try {
      const run = await this.pool.run({ options, progress: port2 }, { transferList: [port2] });
      port1.off('message', count); // what is still on its way is part of the run
      count(run.rows);
      return run;
    } finally {
      port1.close();
    }
  }
}

async function* taken<T>(ahead: { planned: T; run: Promise<SimulatedRun> }[]) {
  const first = ahead.shift();
  if (first !== undefined) yield { planned: first.planned, run: await first.run };
}
