import { Worker } from 'node:worker_threads';

/**
 * Simulates and judges runs on several threads. A run lives on its thread only and what comes back is a few kilobytes,
 * so memory does not grow with the number of runs.
 */
export class JudgingPool<Task, Judgement> {
  private readonly workers: readonly Worker[];

  /** @param file a file beside this one that answers each task it is sent with a judgement */
  constructor(threads: number, file: 'worker.js' | 'incident.worker.js', setup: unknown) {
    const script = new URL(`./${file}`, import.meta.url);
    this.workers = Array.from({ length: threads }, () => new Worker(script, { workerData: setup }));
  }

  /**
   * The judgements in the order of the tasks, whichever thread was faster.
   * @throws whatever the judging of a run throws
   */
  async judge(tasks: readonly Task[], onDone: (share: number) => void): Promise<Judgement[]> {
    const judgements = new Array<Judgement>(tasks.length);
    let next = 0;
    let done = 0;
    const work = async (worker: Worker): Promise<void> => {
      while (next < tasks.length) {
        const at = next++;
        judgements[at] = (await judgedOn(worker, tasks[at])) as Judgement;
        onDone(++done / tasks.length);
      }
    };
    await Promise.all(this.workers.map(work));
    return judgements;
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

function judgedOn(worker: Worker, task: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      finish();
    };
    const onMessage = (judgement: unknown): void => settle(() => resolve(judgement));
    const onError = (error: Error): void => settle(() => reject(error));
    const onExit = (code: number): void =>
      settle(() => reject(new Error(`judging thread ended with code ${code}`)));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(task);
  });
}
