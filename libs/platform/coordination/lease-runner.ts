import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { LEASE_RENEWAL_MS, LEASE_TTL_MS, Leases } from './lease.js';
import { loggerOf } from '../observability/logger.js';
import { OutageLog } from '../failure/outage-log.js';
import { OutOfPatienceError, withPatience } from '../failure/patience.js';

/** Work only one process may do at a time. */
export interface LeasedWork {
  /** The lease's name. */
  readonly name: string;
  /** Begins, from what the database says was reached. An error gives the lease back and is tried again later. */
  start(): Promise<void>;
  /** Ends; resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

interface Run {
  work: LeasedWork;
  outages: OutageLog;
  held: boolean;
  lastHeldAt: number;
  timer: NodeJS.Timeout | undefined;
  turn: Promise<void>;
}

/**
 * Competes for leases and does the work of those it gets. A holder that could not renew for the life of the lease
 * stops by itself, before anybody else may begin.
 */
@Injectable()
export class LeaseRunner implements BeforeApplicationShutdown {
  private readonly logger = loggerOf('lease');
  private readonly runs: Run[] = [];
  private stopping = false;

  constructor(private readonly leases: Leases) {}

  /** Begins to compete for `work`; the first attempt is made at once. */
  async compete(work: LeasedWork): Promise<void> {
    const outages = new OutageLog(this.logger, { lease: work.name });
    const run = { work, outages, held: false, lastHeldAt: 0, timer: undefined, turn: Promise.resolve() };
    this.runs.push(run);
    await this.takeTurn(run);
  }

  /** True while this process does the work of that name. */
  holds(name: string): boolean {
    return this.runs.some((run) => run.work.name === name && run.held);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    for (const run of this.runs) clearTimeout(run.timer);
    await Promise.all(this.runs.map((run) => this.giveBack(run)));
  }

  private async giveBack(run: Run): Promise<void> {
    await run.turn;
    if (!run.held) return;
    await this.stopWork(run);
    await this.release(run);
  }

  /** Without a database the lease runs out by itself. */
  private async release(run: Run): Promise<void> {
    await this.leases
      .release(run.work.name)
      .catch((error: unknown) => run.outages.failed(error, 'the lease could not be given back'));
  }

  private async takeTurn(run: Run): Promise<void> {
    run.turn = this.renewOrTake(run)
      .then(() => run.outages.worked())
      .catch((error: unknown) => run.outages.failed(error, 'the lease could not be renewed or taken'));
    await run.turn;
    if (this.stopping) return;
    const waitMs = run.held ? Math.min(LEASE_RENEWAL_MS, renewalTimeLeft(run)) : LEASE_RENEWAL_MS;
    run.timer = setTimeout(() => void this.takeTurn(run), waitMs);
    run.timer.unref();
  }

  private async renewOrTake(run: Run): Promise<void> {
    const askedAt = Date.now();
    const asked = this.leases.hold(run.work.name);
    if (run.held && !(await this.isAnswered(run, asked))) await this.stopWork(run);
    const holds = await asked;
    if (holds) run.lastHeldAt = askedAt;
    if (holds && !run.held) await this.startWork(run);
    if (!holds && run.held) await this.stopWork(run);
  }

  /**
   * Whether the work may go on for now: it may until the lease runs out without having been renewed. One that asks late,
   * because this process was starved, gets the time of one renewal to learn whether it still holds the lease.
   */
  private async isAnswered(run: Run, asked: Promise<boolean>): Promise<boolean> {
    const patienceMs = Math.max(LEASE_RENEWAL_MS, renewalTimeLeft(run));
    try {
      await withPatience(patienceMs, asked);
      return true;
    } catch (error) {
      return !(error instanceof OutOfPatienceError) && renewalTimeLeft(run) > 0;
    }
  }

  private async startWork(run: Run): Promise<void> {
    try {
      await run.work.start();
      run.held = true;
      this.logger.info({ lease: run.work.name }, 'lease taken');
    } catch (error) {
      await this.release(run);
      throw error;
    }
  }

  private async stopWork(run: Run): Promise<void> {
    run.held = false;
    await run.work.stop();
    this.logger.info({ lease: run.work.name }, 'lease given back');
  }
}

/** How long a held lease may still be asked for, so that its holder has stopped before another process may begin. */
function renewalTimeLeft({ lastHeldAt }: Run): number {
  return Math.max(0, lastHeldAt + LEASE_TTL_MS - LEASE_RENEWAL_MS - Date.now());
}
