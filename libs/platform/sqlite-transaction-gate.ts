import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';

/** TypeORM's overloads in one. */
type RunStatement = (sql: string, parameters?: unknown[], useStructuredResult?: boolean) => Promise<unknown>;

interface Turn {
  done: Promise<void>;
}

/** How long statements may run one after the other before the event loop gets a turn. */
const LONGEST_RUN_MS = 10;

/**
 * SQLite has one connection for all requests, so a transaction that awaits would swallow the statements of others.
 * The gate lets one transaction run at a time and makes every statement from outside it wait for its end.
 *
 * SQLite also answers at once, so that a crowd of requests would run from statement to statement to its end before
 * the event loop turns; the gate makes it turn in between.
 */
export class SqliteTransactionGate {
  private readonly mine = new AsyncLocalStorage<Turn>();
  private current: Turn | undefined;
  private lastBreath: Promise<unknown> = Promise.resolve();
  private runsSince = 0;

  constructor(private readonly runner: QueryRunner) {
    const query = runner.query.bind(runner) as RunStatement;
    const gated: RunStatement = async (sql, parameters, useStructuredResult) => {
      await this.breathe();
      await this.waitForTurn();
      return query(sql, parameters && boundAlone(parameters), useStructuredResult);
    };
    runner.query = gated as QueryRunner['query'];
  }

  /** Runs `work` between BEGIN IMMEDIATE and COMMIT; rolls back when it throws. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    let end: () => void = () => undefined;
    const turn: Turn = { done: new Promise((resolve) => (end = resolve)) };
    // No await between seeing the gate free and taking it, or two would take it.
    while (this.current) await this.current.done;
    this.current = turn;
    try {
      return await this.mine.run(turn, () => this.runInside(work));
    } finally {
      this.current = undefined;
      end();
    }
  }

  private async runInside<T>(work: () => Promise<T>): Promise<T> {
    await this.runner.query('BEGIN IMMEDIATE');
    try {
      const result = await work();
      await this.runner.query('COMMIT');
      return result;
    } catch (error) {
      await this.runner.query('ROLLBACK');
      throw error;
    }
  }

  /** One at a time: those that breathe together would run on together. */
  private async breathe(): Promise<void> {
    if (performance.now() - this.runsSince < LONGEST_RUN_MS) return;
    this.lastBreath = this.lastBreath.then(() => setImmediate());
    await this.lastBreath;
    this.runsSince = performance.now();
  }

  private async waitForTurn(): Promise<void> {
    while (this.current && this.current !== this.mine.getStore()) await this.current.done;
  }
}

/** The driver takes a lone parameter that is null or bytes for named parameters, unless it stands in an array. */
function boundAlone(parameters: unknown[]): unknown[] {
  return parameters.length === 1 && typeof parameters[0] === 'object' ? [parameters] : parameters;
}
