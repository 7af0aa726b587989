import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * How long a test waits, in time in which the machine had a core for it: where four processes want each core, a second
 * counts as a quarter of one. What is bounded on a quiet machine is bounded in this time on a busy one.
 */
export class Patience {
  private spentMs = 0;
  private countedAt = performance.now();

  constructor(private readonly limitMs: number) {}

  /** Counts the time since it was made or asked last. @returns whether it is at its end */
  isOver(): boolean {
    const now = performance.now();
    this.spentMs += (now - this.countedAt) * fairShare();
    this.countedAt = now;
    return this.spentMs >= this.limitMs;
  }

  /** Begins anew, because something has moved. */
  renew(): void {
    this.spentMs = 0;
  }

  toString(): string {
    return `${this.limitMs} ms`;
  }
}

/** The part of a core that each process gets which wants one; 1 where that is not known. */
function fairShare(): number {
  try {
    const [, running] = /(\d+)\/\d+/.exec(readFileSync('/proc/loadavg', 'utf8')) ?? [];
    return Math.min(1, availableParallelism() / Number(running ?? 1));
  } catch {
    return 1;
  }
}
