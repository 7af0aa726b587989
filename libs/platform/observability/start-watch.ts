import { Worker } from 'node:worker_threads';
import { isLogged, type LogSettings, logSettings, writtenLines } from './logger.js';

/** What the thread is given. */
export interface StartWatchData {
  settings: LogSettings;
  writtenLines: Int32Array;
}

const steps: string[] = [];
let thread: Worker | undefined;

/**
 * From now on, until `endStartWatch`, a process that starts and has written nothing for some seconds says what it is at. A thread
 * speaks for it: loading the program, or a database that answers synchronously, leaves no turn to do so.
 */
export function watchStart(): void {
  if (!isLogged('info')) return;
  const workerData: StartWatchData = { settings: logSettings(), writtenLines };
  thread = new Worker(new URL('./start-watch.worker.js', import.meta.url), { workerData, execArgv: [] });
  thread.unref();
  // Whoever starts can do without its words.
  thread.on('error', () => (thread = undefined));
  postSteps();
}

/** Ends the watch: the process has started, or failed to. */
export function endStartWatch(): void {
  void thread?.terminate();
  thread = undefined;
}

/** Runs a part of the start that may take long. @param step e.g. 'opening the database' */
export async function startStep<T>(step: string, work: () => T | Promise<T>): Promise<T> {
  steps.push(step);
  postSteps();
  try {
    return await work();
  } finally {
    steps.splice(steps.indexOf(step), 1);
    postSteps();
  }
}

function postSteps(): void {
  thread?.postMessage([...steps]);
}
