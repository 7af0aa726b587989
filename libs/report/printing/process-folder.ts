import { readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TOUCHED_EVERY_MS = 60_000;
/** Of a process that cannot be looked at, as in another container: its folder is taken for left behind after this time. */
const ABANDONED_AFTER_MS = 600_000;
/** Places in /proc/PID/stat, counted from behind the name of the program, which may hold anything. */
const STATE = 0;
const STARTED_AT = 19;
/** tep-WHAT.of-NAMESPACE-PID-START.RANDOM */
const NAME = /^tep-.*\.of-(\d+)-(\d+)-(\d+)\./;

/**
 * A temporary folder that is worth nothing once its process is gone. Its name says whose it is, so that whoever comes after
 * a process that was killed knows: the name space of process ids, the id in it, and when the process began.
 */
export class ProcessFolder {
  private readonly touching: NodeJS.Timeout;

  private constructor(readonly path: string) {
    const touch = (): void => void utimes(path, new Date(), new Date()).catch(() => undefined);
    this.touching = setInterval(touch, TOUCHED_EVERY_MS).unref();
  }

  /** @param what begins with `tep-` */
  static async make(what: `tep-${string}`, parent = tmpdir()): Promise<ProcessFolder> {
    const owner = `of-${ownNamespace()}-${process.pid}-${startOf(process.pid) ?? 0}`;
    return new ProcessFolder(await mkdtemp(join(parent, `${what}.${owner}.`)));
  }

  /** With all that is in it; it may have been given another name. */
  async remove(): Promise<void> {
    clearInterval(this.touching);
    await rm(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Removes the folders of processes that are gone. */
export async function removeAbandonedFolders(parent = tmpdir()): Promise<void> {
  for (const name of await readdir(parent)) {
    const owner = NAME.exec(name);
    const path = join(parent, name);
    if (!owner || !(await isAbandoned(path, owner))) continue;
    await rm(path, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}

async function isAbandoned(path: string, [, namespace, pid, start]: RegExpExecArray): Promise<boolean> {
  const own = ownNamespace();
  if (own !== 0 && Number(namespace) === own) return startOf(Number(pid)) !== Number(start);
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
  return mtimeMs < Date.now() - ABANDONED_AFTER_MS;
}

/** 0 where there is no Linux to report it. */
function ownNamespace(): number {
  try {
    return Number(/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 0);
  } catch {
    return 0;
  }
}

/** When a process began, in ticks since the machine did; undefined when there is none or it has ended. */
function startOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[STATE] === 'Z' || fields[STATE] === 'X' ? undefined : Number(fields[STARTED_AT]);
  } catch {
    return undefined;
  }
}
