import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';

/**
 * Simulates and judges runs on several threads. A run lives on its thread only and what comes back is a few kilobytes,
 * so memory does not grow with the number of runs.
 */
export class JudgingPool<Task, Judgement> {
  private readonly pool: Piscina<Task, Judgement>;

  /** @param file a file beside this one that exports what makes a judgement of a task */
  constructor(threads: number, file: 'worker.js' | 'incident.worker.js', setup: unknown) {
    const filename = fileURLToPath(new URL(`./${file}`, import.meta.url));
    this.pool = new Piscina({ filename, minThreads: threads, maxThreads: threads, workerData: setup });
  }

  /**
   * The judgements in the order of the tasks, whichever thread was faster.
   * @throws whatever the judging of a run throws
   */
  async judge(tasks: readonly Task[], onDone: (share: number) => void): Promise<Judgement[]> {
    let done = 0;
    const judge = async (task: Task): Promise<Judgement> => {
      const judgement = await this.pool.run(task);
      onDone(++done / tasks.length);
      return judgement;
    };
    return Promise.all(tasks.map(judge));
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }
}
