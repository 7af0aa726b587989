import { readdirSync, readFileSync } from 'node:fs';

/** Linux reports processor time in this unit, whatever its own clock ticks at. */
const TICK_MS = 10;
/** Places in /proc/PID/stat, counted from behind the name of the program; the four times are its own and of its ended children. */
const PARENT = 1;
const TIMES = [11, 12, 13, 14];

/** Processor time of this process and all it has started, and these have [ms]; 0 where there is no Linux to report it. */
export function processorMsOfTree(): number {
  const processes = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), statOf(name)]),
  );
  const tree = new Set([process.pid]);
  for (let size = 0; size < tree.size;) {
    size = tree.size;
    for (const [pid, fields] of processes) if (tree.has(Number(fields[PARENT]))) tree.add(pid);
  }
  let ticks = 0;
  for (const pid of tree) for (const place of TIMES) ticks += Number(processes.get(pid)?.[place] ?? 0);
  return ticks * TICK_MS;
}

function statOf(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    // it has ended
    return [];
  }
}
