import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '#jest';
import { ProcessorMeter } from './processor-meter.js';
import { type StandstillLimits, StandstillWatch } from './standstill-watch.js';

const LOOP = 'while :; do :; done';
const children: ChildProcess[] = [];
const watches: StandstillWatch[] = [];

async function started(command: string, ...args: string[]): Promise<number> {
  const child = spawn(command, args, { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  return child.pid ?? 0;
}

function watched(pid: number, limits: StandstillLimits): StandstillWatch {
  const watch = new StandstillWatch('The program', pid, limits);
  watches.push(watch);
  return watch;
}

async function verdict(watch: StandstillWatch): Promise<string> {
  if (!watch.signal.aborted) await once(watch.signal, 'abort');
  return (watch.signal.reason as Error).message;
}

/** Asks again and again until the answer is true. */
async function eventually(what: string, question: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!question()) {
    if (Date.now() > deadline) throw new Error(`not within 15 s: ${what}`);
    await pause(20);
  }
}

/** A program that wants a processor all the time and gets next to none of it. */
async function starved(): Promise<number> {
  const allowed = /Cpus_allowed_list:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  await started('taskset', '-c', allowed, 'sh', '-c', LOOP);
  const pid = await started('taskset', '-c', allowed, 'nice', '-n', '19', 'sh', '-c', LOOP);
  await eventually('the program is itself', () => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sh\n');
  return pid;
}

afterEach(() => {
  for (const watch of watches.splice(0)) watch.end();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('a program without a sign of progress', () => {
  it('is given up after so much of its own processor time', async () => {
    const watch = watched(await started('sh', '-c', LOOP), { busyMs: 200 });
    expect(await verdict(watch)).toBe('The program made no progress in 0.2 s of its own processor time');
  });

  it('is given up after it has wanted no processor for so long', async () => {
    const watch = watched(await started('sleep', '60'), { idleMs: 200 });
    expect(await verdict(watch)).toBe('The program made no progress while it stood still for 0.2 s');
  });

  it('goes on as long as it gives such signs', async () => {
    const watch = watched(await started('sleep', '60'), { idleMs: 200 });
    for (let sign = 0; sign < 20; sign++) {
      await pause(20);
      watch.progress();
    }
    expect(watch.signal.aborted).toBe(false);
  });

  it('goes on while the machine gives it no processor, and not when it wants none any more', async () => {
    const pid = await starved();
    const watch = watched(pid, { idleMs: 300 });
    await pause(900);
    expect(watch.signal.aborted).toBe(false);
    process.kill(pid, 'SIGSTOP');
    expect(await verdict(watch)).toContain('stood still');
  });
});

describe('the processor time of a program', () => {
  it('is distinguished from the time it waited for a processor', async () => {
    const meter = new ProcessorMeter(await starved());
    let spentMs = 0;
    let waitedMs = 0;
    // a wait is counted when it is over
    await eventually('it has waited much longer than it ran', () => {
      const use = meter.read();
      expect(use?.runnable).toBe(true);
      spentMs += use?.spentMs ?? 0;
      waitedMs += use?.waitedMs ?? 0;
      return waitedMs > 100 + 2 * spentMs;
    });
  });
});
