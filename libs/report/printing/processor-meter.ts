import { readdirSync, readFileSync } from 'node:fs';

/** Linux reports processor time in this unit, whatever its own clock ticks at. */
const TICK_MS = 10;
const NS_PER_MS = 1e6;

/** What a group of processes has had, and wanted, of the processors since it was last asked. */
export interface ProcessorUse {
  /** Time on a processor. */
  spentMs: number;
  /** Time its threads waited for a processor, added up. Threads that still wait may not be counted yet. */
  waitedMs: number;
  /** Whether a thread of it runs or waits for a processor at this moment. */
  runnable: boolean;
}

/** Follows the processor time of a process and of the process group it leads. */
export class ProcessorMeter {
  private spent = new Map<string, number>();
  private waited = new Map<string, number>();

  constructor(private readonly pid: number) {
    this.read();
  }

  /** @returns undefined where there is no Linux to report it */
  read(): ProcessorUse | undefined {
    const names = entries('/proc').filter((name) => /^\d+$/.test(name));
    if (names.length === 0) return undefined;
    const spent = new Map<string, number>();
    const waited = new Map<string, number>();
    let runnable = false;
    for (const name of names) {
      const fields = statOf(`/proc/${name}`);
      if (Number(name) !== this.pid && Number(fields[PROCESS_GROUP]) !== this.pid) continue;
      spent.set(name, (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) * TICK_MS);
      for (const thread of entries(`/proc/${name}/task`)) {
        const folder = `/proc/${name}/task/${thread}`;
        runnable ||= statOf(folder)[STATE] === 'R';
        waited.set(thread, Number(contentOf(`${folder}/schedstat`).split(' ')[1] ?? 0) / NS_PER_MS);
      }
    }
    const use = { spentMs: growth(this.spent, spent), waitedMs: growth(this.waited, waited), runnable };
    this.spent = spent;
    this.waited = waited;
    return use;
  }
}

/** Places in /proc/PID/stat, counted from behind the name of the program, which may hold anything. */
const STATE = 0;
const PROCESS_GROUP = 2;
const USER_TIME = 11;
const SYSTEM_TIME = 12;

function statOf(folder: string): string[] {
  const stat = contentOf(`${folder}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function growth(before: Map<string, number>, now: Map<string, number>): number {
  let sum = 0;
  for (const [key, value] of now) sum += Math.max(0, value - (before.get(key) ?? 0));
  return sum;
}

/** Empty when there is no such file, as when its process has ended. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
