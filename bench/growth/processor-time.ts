import { readdirSync, readFileSync } from 'node:fs';

/** Processor time of the main thread of a process so far [ms]: unlike that of all its threads, what answers requests. */
export function mainThreadMs(pid: number): number {
  return scheduledMs(`/proc/${pid}/task/${pid}`);
}

/** Processor time of all threads of a process that are there now [ms]. */
export function processMs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce(
    (sum, tid) => sum + scheduledMs(`/proc/${pid}/task/${tid}`),
    0,
  );
}

/** In nanoseconds, where the times of /proc/PID/stat are too coarse for one request. */
function scheduledMs(task: string): number {
  try {
    return Number(readFileSync(`${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    // it has ended
    return 0;
  }
}
