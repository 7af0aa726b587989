import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { LEASE_RENEWAL_MS, LEASE_TTL_MS, Leases } from './lease.js';
import { loggerOf } from './logger.js';

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
    const run: Run = { work, held: false, lastHeldAt: 0, timer: undefined, turn: Promise.resolve() };
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
    await this.leases.release(run.work.name);
  }

  private async takeTurn(run: Run): Promise<void> {
    run.turn = this.renewOrTake(run).catch((error: unknown) =>
      this.logger.error({ err: error, lease: run.work.name }, 'could not renew or take the lease'),
    );
    await run.turn;
    if (this.stopping) return;
    run.timer = setTimeout(() => void this.takeTurn(run), LEASE_RENEWAL_MS);
    run.timer.unref();
  }

  private async renewOrTake(run: Run): Promise<void> {
    const askedAt = Date.now();
    const holds = await this.leases.hold(run.work.name).catch((error: unknown) => {
      const expired = run.held && Date.now() - run.lastHeldAt >= LEASE_TTL_MS - LEASE_RENEWAL_MS;
      this.logger.warn({ err: error, lease: run.work.name }, 'the lease could not be asked for');
      return run.held && !expired ? undefined : false;
    });
    if (holds === undefined) return;
    if (holds) run.lastHeldAt = askedAt;
    if (holds && !run.held) await this.startWork(run);
    if (!holds && run.held) await this.stopWork(run);
  }

  private async startWork(run: Run): Promise<void> {
    try {
      await run.work.start();
      run.held = true;
      this.logger.info({ lease: run.work.name }, 'lease taken');
    } catch (error) {
      await this.leases.release(run.work.name);
      throw error;
    }
  }

  private async stopWork(run: Run): Promise<void> {
    run.held = false;
    await run.work.stop();
    this.logger.info({ lease: run.work.name }, 'lease given back');
  }
}
