import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { databaseErrorOf } from './database-errors.js';
import { loggerOf } from '../observability/logger.js';
import { LockPatience } from './sqlite-lock-patience.js';
import { ArrayStatements, type PreparingConnection } from './sqlite-array-statements.js';
import { type RunStatement, SqliteReader } from './sqlite-reader.js';
import { parameterBytes, type WriteCondition } from './write-condition.js';

/** What the gate needs of the driver's connection besides statements. */
interface SqliteConnection extends PreparingConnection {
  readonly inTransaction: boolean;
  exec(sql: string): void;
}

/** One transaction, or one statement that runs alone. */
interface Turn {
  /** A process may have several, as tests do. */
  gate: SqliteTransactionGate;
  done: Promise<void>;
  /** Bytes it has written so far. */
  bytes: number;
  /** Why SQLite has rolled its transaction back by itself. */
  lost: { error: unknown } | undefined;
}

/** One for all gates: Node 20 carries every storage through every promise, also when its owner is gone. */
const turns = new AsyncLocalStorage<Turn>();

/** How long statements may run one after the other before the event loop gets a turn. */
const LONGEST_RUN_MS = 10;
const READS = /^\s*SELECT\b/i;
const WRITES = /^\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP)\b/i;

/**
 * SQLite has one writing connection for all requests, so a transaction that awaits would swallow the statements of
 * others. The gate lets one transaction run at a time and makes every statement from outside it wait for its end;
 * reads from outside go to a second connection at once, where the database is a file.
 *
 * Every write is part of a transaction, be it one of its own, and begins with BEGIN IMMEDIATE: this is the only
 * statement that can meet the lock of another program. It is tried again between turns of the event loop.
 *
 * SQLite also answers at once, so that a crowd of requests would run from statement to statement to its end before
 * the event loop turns; the gate makes it turn in between.
 */
export class SqliteTransactionGate {
  private readonly logger = loggerOf('database');
  private readonly runner: QueryRunner;
  private readonly runUngated: RunStatement;
  private readonly connection: SqliteConnection;
  private readonly arrayStatements: ArrayStatements;
  private readonly reader: SqliteReader | undefined;
  private readonly patience: LockPatience;
  private current: Turn | undefined;
  private lastBreath: Promise<unknown> = Promise.resolve();
  private runsSince = 0;

  /** @param lockWaitMs how long a write waits for the lock of another program */
  constructor(
    dataSource: DataSource,
    private readonly condition: WriteCondition,
    lockWaitMs: number,
  ) {
    const file = String(dataSource.options.database);
    this.reader = file === ':memory:' ? undefined : new SqliteReader(file);
    this.patience = new LockPatience(lockWaitMs, condition);
    this.connection = (
      dataSource.driver as unknown as { databaseConnection: SqliteConnection }
    ).databaseConnection;
    this.arrayStatements = new ArrayStatements(this.connection);
    this.runner = dataSource.createQueryRunner();
    this.runUngated = this.runner.query.bind(this.runner) as RunStatement;
    const gated: RunStatement = (sql, parameters, useStructuredResult) =>
      this.pass(sql, parameters && boundAlone(parameters), useStructuredResult);
    this.runner.query = gated as QueryRunner['query'];
  }

  /**
   * Runs `work` between BEGIN IMMEDIATE and COMMIT; rolls back when it throws.
   * @throws DatabaseBusyError when another program keeps the lock
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.takeTurn((turn, arrivedAt) => this.transaction(turn, arrivedAt, work));
    } catch (error) {
      throw databaseErrorOf(error);
    }
  }

  async close(): Promise<void> {
    await this.reader?.close();
  }

  /** Rows of a SELECT as arrays; takes the same ways as every other statement. */
  async arrays(sql: string, parameters: unknown[]): Promise<unknown> {
    const turn = this.mine;
    await this.breathe();
    const run = (): unknown => this.arrayStatements.all(sql, parameters);
    try {
      if (turn) return await this.runInside(turn, run);
      if (this.reader) return await this.reader.arrays(sql, parameters);
      return await this.takeTurn(() => Promise.resolve(run()));
    } catch (error) {
      throw databaseErrorOf(error);
    }
  }

  private async pass(...statement: Parameters<RunStatement>): Promise<unknown> {
    const turn = this.mine;
    await this.breathe();
    const run = (): Promise<unknown> => this.runUngated(...statement);
    try {
      const [sql, parameters] = statement;
      if (turn) return await this.runInside(turn, run, parameters);
      if (WRITES.test(sql)) return await this.runAlone(run, parameters);
      if (this.reader && READS.test(sql)) return await this.reader.query(...statement);
      return await this.takeTurn(run);
    } catch (error) {
      throw databaseErrorOf(error);
    }
  }

  /** The turn in which whoever asks runs. */
  private get mine(): Turn | undefined {
    const turn = turns.getStore();
    return turn?.gate === this ? turn : undefined;
  }

  private runAlone(run: () => unknown, parameters: unknown[] | undefined): Promise<unknown> {
    return this.takeTurn((turn, arrivedAt) =>
      this.transaction(turn, arrivedAt, () => this.runInside(turn, run, parameters)),
    );
  }

  /** @param parameters what `run` may write */
  private async runInside(turn: Turn, run: () => unknown, parameters?: unknown[]): Promise<unknown> {
    // On its own it would be written although the rest of the transaction was not.
    if (turn !== this.current) throw new Error('The transaction of this statement has ended');
    if (turn.lost) throw turn.lost.error;
    turn.bytes += parameterBytes(parameters);
    try {
      return await run();
    } catch (error) {
      if (!this.connection.inTransaction) turn.lost = { error: databaseErrorOf(error) };
      throw error;
    }
  }

  private async takeTurn<T>(work: (turn: Turn, arrivedAt: number) => Promise<T>): Promise<T> {
    let end: () => void = () => undefined;
    const done = new Promise<void>((resolve) => (end = resolve));
    const turn: Turn = { gate: this, done, bytes: 0, lost: undefined };
    const arrivedAt = this.patience.waitedMs;
    // No await between seeing the gate free and taking it, or two would take it.
    while (this.current) await this.current.done;
    this.current = turn;
    try {
      return await turns.run(turn, () => work(turn, arrivedAt));
    } finally {
      this.current = undefined;
      end();
    }
  }

  private async transaction<T>(turn: Turn, arrivedAt: number, work: () => Promise<T>): Promise<T> {
    await this.patience.untilFree(() => this.connection.exec('BEGIN IMMEDIATE'), arrivedAt);
    try {
      const result = await work();
      if (turn.lost) throw turn.lost.error;
      this.connection.exec('COMMIT');
      this.condition.written(turn.bytes);
      return result;
    } catch (error) {
      this.condition.failed(databaseErrorOf(error), turn.bytes);
      this.rollBack();
      throw error;
    }
  }

  /** SQLite ends some transactions by itself, e.g. when the disk is full; a ROLLBACK would then hide why. */
  private rollBack(): void {
    if (!this.connection.inTransaction) return;
    try {
      this.connection.exec('ROLLBACK');
    } catch (error) {
      this.logger.error({ err: error }, 'a transaction could not be rolled back');
    }
  }

  /** One at a time: those that breathe together would run on together. */
  private async breathe(): Promise<void> {
    if (performance.now() - this.runsSince < LONGEST_RUN_MS) return;
    this.lastBreath = this.lastBreath.then(() => setImmediate());
    await this.lastBreath;
    this.runsSince = performance.now();
  }
}

/** The driver takes a lone parameter that is null or bytes for named parameters, unless it stands in an array. */
function boundAlone(parameters: unknown[]): unknown[] {
  return parameters.length === 1 && typeof parameters[0] === 'object' ? [parameters] : parameters;
}
