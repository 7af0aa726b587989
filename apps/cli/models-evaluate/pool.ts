import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';

/**
 * Simulates and assesses runs on several threads. A run stays on its thread and what comes back is a few kilobytes,
 * so memory does not grow with the number of runs.
 */
export class AssessmentPool<Task, Assessment> {
  private readonly pool: Piscina<Task, Assessment>;

  /** @param file a file beside this one that exports what makes a assessment of a task */
  constructor(threads: number, file: 'worker.js' | 'incident.worker.js', setup: unknown) {
    const filename = fileURLToPath(new URL(`./${file}`, import.meta.url));
    this.pool = new Piscina({ filename, minThreads: threads, maxThreads: threads, workerData: setup });
  }

  /**
   * The assessments in the order of the tasks, whichever thread was faster.
   * @throws whatever the assessing of a run throws
   */
  async assess(tasks: readonly Task[], onDone: (share: number) => void): Promise<Assessment[]> {
    let done = 0;
    const assess = async (task: Task): Promise<Assessment> => {
      const assessment = await this.pool.run(task);
      onDone(++done / tasks.length);
      return assessment;
    };
    return Promise.all(tasks.map(assess));
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }
}
