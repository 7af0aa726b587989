import { ProcessorMeter } from './processor-meter.js';

/** How long a process may give no sign of progress, from the first look at it on: a twentieth of the shorter limit after its start, 2 s at the most. */
export interface StandstillLimits {
  /** Of its own processor time: it is busy with something that leads nowhere. @default 60 000 */
  busyMs?: number;
  /** Of time in which it neither had nor wanted a processor: it waits for something that never comes. @default 120 000 */
  idleMs?: number;
}

const LOOKS_PER_LIMIT = 20;
const LONGEST_PAUSE_MS = 2_000;

/** A process got nowhere, though the machine let it. */
export class StandstillError extends Error {
  constructor(what: string, how: string) {
    super(`${what} made no progress ${how}`);
    this.name = 'StandstillError';
  }
}

/**
 * Distinguishes a process that gets nowhere from one the machine gives no time: what counts is the processor time it has used
 * since its last sign of progress, and the time in which it wanted none. Where that cannot be known, all time counts as
 * the latter.
 */
export class StandstillWatch {
  private readonly controller = new AbortController();
  /** Made at the first look: most work has ended by then, and to make it takes some milliseconds. */
  private meter: ProcessorMeter | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly busyLimitMs: number;
  private readonly idleLimitMs: number;
  private readonly pauseMs: number;
  private busyMs = 0;
  private idleMs = 0;
  private lookedAt = performance.now();

  /**
   * @param what is watched, as its error names it
   * @param pid of the process; if it leads a process group, that counts as one
   */
  constructor(
    private readonly what: string,
    private readonly pid: number,
    { busyMs = 60_000, idleMs = 120_000 }: StandstillLimits = {},
  ) {
    this.busyLimitMs = busyMs;
    this.idleLimitMs = idleMs;
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, Math.min(busyMs, idleMs) / LOOKS_PER_LIMIT);
    this.timer = setInterval(() => this.look(), this.pauseMs);
  }

  /** Aborted with a StandstillError. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Something was achieved. */
  progress(): void {
    this.busyMs = 0;
    this.idleMs = 0;
  }

  end(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = performance.now();
    // a late look means that this thread waited for a processor itself, and perhaps the process for this thread
    const passedMs = Math.min(now - this.lookedAt, this.pauseMs);
    this.lookedAt = now;
    if (this.meter === undefined) {
      this.meter = new ProcessorMeter(this.pid);
      return;
    }
    const { spentMs, waitedMs, runnable } = this.meter.read() ?? { spentMs: 0, waitedMs: 0, runnable: false };
    this.busyMs += spentMs;
    if (!runnable) this.idleMs += Math.max(0, passedMs - spentMs - waitedMs);
    if (this.busyMs >= this.busyLimitMs)
      this.stop(`in ${this.busyLimitMs / 1_000} s of its own processor time`);
    else if (this.idleMs >= this.idleLimitMs)
      this.stop(`while it stood still for ${this.idleLimitMs / 1_000} s`);
  }

  private stop(how: string): void {
    this.end();
    this.controller.abort(new StandstillError(this.what, how));
  }
}
