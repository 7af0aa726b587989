import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { OnApplicationShutdown } from '@nestjs/common';
import libsql from 'libsql';
import mysql, { type Connection, type ResultSetHeader } from 'mysql2';
import type { DataSource, DataSourceOptions, EntityManager } from 'typeorm';
import type { Config, DatabaseLocation } from '../config/config.js';
import { BulkLoad, type BulkWay } from './bulk-load.js';
import { onceAvailable } from './data-source.js';
import { databaseErrorOf } from './database-errors.js';
import { boundInserts, literalInserts, type NumberGroup, type NumberInsert } from './number-inserts.js';
import type { HealthReading } from '../observability/health-indicators.js';
import { LockPatience } from './sqlite-lock-patience.js';
import { SqliteTransactionGate } from './sqlite-transaction-gate.js';
import { type SilenceLimits, WatchedMysql } from './watched-mysql.js';
import { WriteCondition } from './write-condition.js';
import { WriteWatch } from './write-watch.js';

/** SQLite allows 32,766 parameters a statement; half of that also keeps one insert under 50 ms. */
const MAX_PARAMETERS_PER_STATEMENT = 15_000;
const MAX_DEADLOCK_RETRIES = 10;
/** The victims of one deadlock would meet again if they came back at the same time. */
const LONGEST_RETRY_DELAY_MS = 20;
/** For all transactions; said once a connection, not before each of them. */
const MYSQL_ISOLATION = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';
const MYSQL_LOCK_ERRORS = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT']);
/** For each connection; a server keeps some 16,000 for all its clients together. */
const MAX_PREPARED_STATEMENTS = 100;
/** What a server says that prepares no more statements, or none at all. */
const MYSQL_UNPREPARED = new Set(['ER_MAX_PREPARED_STMT_COUNT_REACHED', 'ER_UNSUPPORTED_PS']);

type AfterCommit = () => void | Promise<void>;
/** What a collector was given in a transaction, and how it works that up. */
interface Collected {
  items: unknown[];
  workUp: () => Promise<void>;
}

interface OpenTransaction {
  /** A process may have several, as tests do. */
  database: Database;
  manager: EntityManager;
  /** By collector. */
  beforeCommit: Map<object, Collected>;
  afterCommit: AfterCommit[];
  /** What is known for as long as it is open, by whom it concerns. */
  known: Map<object, unknown>;
}

/** One for all databases: Node 20 carries every storage through every promise, also when its owner is gone. */
const openTransactions = new AsyncLocalStorage<OpenTransaction>();

/** Rows to write, in the order of `columns`; a row whose key exists gets the `update` columns replaced. */
export interface Upsert {
  table: string;
  columns: string[];
  keys: string[];
  update: string[];
  rows: unknown[][];
}

/** Many rows of numbers; one whose key exists gets the `update` columns replaced. */
export interface NumberUpsert {
  table: string;
  /** Columns that all rows of a group have in common. */
  constants: string[];
  columns: string[];
  keys: string[];
  update: string[];
  groups: NumberGroup[];
  /**
   * Whether none of these columns is null and the table's others, if any, are to get their defaults, so that a row may as well
   * be replaced as a whole.
   */
  wholeRows?: boolean;
  /** Whether the open transaction has found and locked the rows that these refer to, so that the server need not look for each of them. */
  referencesLocked?: boolean;
}

/** The TypeORM options of the database a configuration names. Entities come from the feature modules. */
export function dataSourceOptions(config: Config, limits: Partial<SilenceLimits> = {}): DataSourceOptions {
  const { database } = config;
  if (database.kind === 'mysql') {
    return {
      type: 'mysql',
      url: database.url,
      timezone: 'Z',
      charset: 'utf8mb4',
      // Integers are numbers, as from SQLite; only those beyond 2^53 would be texts.
      bigNumberStrings: false,
      driver: new WatchedMysql(limits, MYSQL_ISOLATION),
      extra: { connectionLimit: database.poolSize, maxPreparedStatements: MAX_PREPARED_STATEMENTS },
    };
  }
  if (database.file !== ':memory:') mkdirSync(dirname(database.file), { recursive: true });
  return {
    type: 'better-sqlite3',
    driver: libsql,
    database: database.file,
    timeout: 0,
    // Not by `pragma()`: a statement the driver has prepared stays open when it meets a lock, and forbids every COMMIT.
    prepareDatabase: async (connection: { exec(statement: string): void }) => {
      const patience = new LockPatience(database.lockWaitMs, new WriteCondition());
      await patience
        .untilFree(() => connection.exec('PRAGMA journal_mode = WAL'))
        .catch((error: unknown) => Promise.reject(databaseErrorOf(error) as Error));
      connection.exec('PRAGMA synchronous = NORMAL');
    },
  };
}

/**
 * The one door to the database. Whatever runs below `transaction()` joins it through `manager` and `query()`;
 * SQL that the two databases spell differently is spelled here.
 *
 * Repositories use `insert`, `update`, `delete`, query builders and SQL, never `save()` or `remove()`, which open
 * transactions of their own.
 */
export class Database implements OnApplicationShutdown {
  private readonly condition = new WriteCondition();
  private readonly gate: SqliteTransactionGate | undefined;
  private readonly bulkLoad = new BulkLoad(this.condition);

  constructor(
    readonly dataSource: DataSource,
    location: DatabaseLocation,
  ) {
    if (location.kind === 'sqlite')
      this.gate = new SqliteTransactionGate(dataSource, this.condition, location.lockWaitMs);
    else dataSource.subscribers.push(new WriteWatch(this.condition));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.gate?.close();
  }

  /** Whether it can be written to, as its last writes found. */
  writeReading(): HealthReading {
    return this.condition.reading();
  }

  /** How many rows at once get into a MySQL, by what was learnt and what its server has refused since; SQLite has no two ways. */
  get bulkWay(): BulkWay | undefined {
    return this.isMysql ? this.bulkLoad.way : undefined;
  }

  /** Asks a MySQL server whether it takes rows as a file that is sent along. */
  async learnBulkWay(): Promise<void> {
    if (!this.isMysql) return;
    const variables = await this.query<{ Variable_name: string; Value: unknown }>(
      `SHOW VARIABLES WHERE Variable_name IN ('local_infile', 'version')`,
    );
    this.bulkLoad.learn(new Map(variables.map(({ Variable_name: name, Value }) => [name, Value])));
  }

  /** The manager of the open transaction, or that of the pool. */
  get manager(): EntityManager {
    return this.open?.manager ?? this.dataSource.manager;
  }

  /** Whether whoever asks runs inside `transaction()`. */
  get isInTransaction(): boolean {
    return this.open !== undefined;
  }

  /** Runs one SQL statement with `?` parameters inside the open transaction, if any. */
  query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.manager.query<Row[]>(sql, parameters);
  }

  /**
   * Runs one statement that writes.
   * @returns how many rows it has found
   */
  async execute(sql: string, parameters: unknown[] = []): Promise<number> {
    const own = this.manager.queryRunner;
    const runner = own ?? this.dataSource.createQueryRunner();
    try {
      return (await runner.query(sql, parameters, true)).affected ?? 0;
    } finally {
      if (!own) await runner.release();
    }
  }

  /**
   * Like `query`, with each row as an array of its columns in the order of the SELECT: for those who read thousands of
   * rows, of which the drivers make arrays in a fraction of the time they take for objects.
   */
  queryArrays<Row extends unknown[]>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (this.gate ? this.gate.arrays(sql, parameters) : this.mysqlArrays(sql, parameters)) as Promise<
      Row[]
    >;
  }

  /**
   * Like `queryArrays`, for statements of few forms that are sent with other numbers again and again and answer thousands of rows of
   * numbers: on MySQL they are prepared, since a server sends the numbers of other statements as texts, and writing a fraction as
   * text takes it three times as long as finding its row.
   */
  queryNumbers<Row extends (number | string | null)[]>(sql: string, parameters: number[]): Promise<Row[]> {
    return (
      this.gate ? this.gate.arrays(sql, parameters) : this.mysqlArrays(sql, parameters, 'prepared')
    ) as Promise<Row[]>;
  }

  /** Runs `work` in one transaction, joining the open one. On MySQL a deadlock victim is run again. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.open) return work();
    const afterCommit: AfterCommit[] = [];
    const result = this.gate
      ? await this.gate.run(() => this.runOpen(this.dataSource.manager, work, afterCommit))
      : await this.transactionWithRetries(work, afterCommit);
    for (const callback of afterCommit) await callback();
    return result;
  }

  /** Changes the schema: on SQLite all of it or nothing, once no other program holds a lock. MySQL commits every step. */
  changeSchema<T>(work: () => Promise<T>): Promise<T> {
    return this.gate ? onceAvailable(() => this.transaction(work)) : work();
  }

  /**
   * Gives `item` to `collector`, which gets all items of the open transaction at once, as the last thing before the commit:
   * locks it takes are held for a moment only, and nobody who has them waits for others. Without a transaction it has its own.
   */
  async beforeCommit<Item>(collector: (items: Item[]) => Promise<void>, item: Item): Promise<void> {
    const open = this.open;
    if (!open) return this.transaction(() => this.beforeCommit(collector, item));
    const collected = open.beforeCommit.get(collector);
    if (collected) {
      collected.items.push(item);
      return;
    }
    const items = [item];
    open.beforeCommit.set(collector, { items, workUp: () => collector(items) });
  }

  /**
   * What `learn` has found out the first time that `owner` asked in the open transaction.
   * @throws Error outside of one
   */
  oncePerTransaction<T>(owner: object, learn: () => T): T {
    const known = this.open?.known;
    if (!known) throw new Error('There is no open transaction');
    if (!known.has(owner)) known.set(owner, learn());
    return known.get(owner) as T;
  }

  /** Runs `callback` once the open transaction is committed; at once when there is none. */
  async afterCommit(callback: AfterCommit): Promise<void> {
    const open = this.open;
    if (open) open.afterCommit.push(callback);
    else await callback();
  }

  /** Inserts many rows, replacing the `update` columns where the key exists. */
  async upsert({ table, columns, keys, update, rows }: Upsert): Promise<void> {
    const tail = this.onConflictSql(keys, update);
    const rowsPerStatement = Math.floor(MAX_PARAMETERS_PER_STATEMENT / columns.length);
    const row = `(${columns.map(() => '?').join(', ')})`;
    for (let start = 0; start < rows.length; start += rowsPerStatement) {
      const part = rows.slice(start, start + rowsPerStatement);
      const values = part.map(() => row).join(', ');
      await this.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${values} ${tail}`, part.flat());
    }
  }

  /** Inserts many rows of numbers, replacing the `update` columns where the key exists: the way for thousands of rows. */
  async upsertNumbers({
    table,
    constants,
    columns,
    keys,
    update,
    groups,
    wholeRows = false,
    referencesLocked = false,
  }: NumberUpsert): Promise<void> {
    const all = [...constants, ...columns];
    if (wholeRows && this.bulkWay === 'load_data') {
      const load = (connection: Connection): Promise<boolean> =>
        this.bulkLoad.load(connection, table, all, groups, referencesLocked);
      if (await this.onConnection(load)) return;
    }
    const insert: NumberInsert = {
      head: `INSERT INTO ${table} (${all.join(', ')})`,
      tail: this.onConflictSql(keys, update),
      width: columns.length,
    };
    const statements = this.isMysql ? literalInserts(insert, groups) : boundInserts(insert, groups);
    for (const { sql, parameters } of statements) await this.query(sql, parameters);
  }

  /**
   * Adds `by` to a counter, whose row stays locked until the open transaction ends.
   * @returns what it is then
   */
  async advance(table: string, column: string, by: number): Promise<number> {
    const where = 'WHERE id = 1';
    if (this.isMysql) {
      // The answer to the statement carries the number along, which saves asking for it.
      const sql = `UPDATE ${table} SET ${column} = LAST_INSERT_ID(${column} + ?) ${where}`;
      return (await this.manager.query<ResultSetHeader>(sql, [by])).insertId;
    }
    await this.query(`UPDATE ${table} SET ${column} = ${column} + ? ${where}`, [by]);
    const [row] = await this.query<{ now: string | number }>(
      `SELECT ${column} AS now FROM ${table} ${where}`,
    );
    return Number(row.now);
  }

  /** The database's own clock in epoch milliseconds, so that processes on several machines agree. */
  async now(): Promise<number> {
    const [row] = await this.query<{ now: string | number }>(`SELECT ${this.nowSql} AS now`);
    return Number(row.now);
  }

  /** SQL expression for the database's clock in epoch milliseconds. */
  get nowSql(): string {
    return this.isMysql
      ? 'CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)'
      : "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
  }

  /** A number that changes whenever the database has said anything; one in this process has nothing to say. */
  get signsOfLife(): number {
    const { options } = this.dataSource;
    const driver: unknown = options.type === 'mysql' ? options.driver : undefined;
    return driver instanceof WatchedMysql ? driver.signsOfLife : 0;
  }

  /** `FOR UPDATE` where rows can be locked; SQLite transactions have the database to themselves. */
  get forUpdateSql(): string {
    return this.isMysql ? 'FOR UPDATE' : '';
  }

  private get open(): OpenTransaction | undefined {
    const transaction = openTransactions.getStore();
    return transaction?.database === this ? transaction : undefined;
  }

  private onConflictSql(keys: string[], update: string[]): string {
    const set = (fresh: (column: string) => string): string =>
      update.map((column) => `${column} = ${fresh(column)}`).join(', ');
    return this.isMysql
      ? `ON DUPLICATE KEY UPDATE ${set((column) => `VALUES(${column})`)}`
      : `ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${set((column) => `excluded.${column}`)}`;
  }

  private get isMysql(): boolean {
    return this.dataSource.options.type === 'mysql';
  }

  private async mysqlArrays(sql: string, values: unknown[], form?: 'prepared'): Promise<unknown> {
    try {
      return await this.onConnection((connection) =>
        form === 'prepared'
          ? preparedArrays(connection, sql, values as number[])
          : arrays(connection, sql, values),
      );
    } catch (error) {
      throw databaseErrorOf(error);
    }
  }

  /** Past TypeORM, for what it has no word for: on the connection of the open transaction, or on one of the pool. */
  private async onConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const own = this.manager.queryRunner;
    const runner = own ?? this.dataSource.createQueryRunner();
    try {
      return await work((await runner.connect()) as Connection);
    } finally {
      if (!own) await runner.release();
    }
  }

  private runOpen<T>(manager: EntityManager, work: () => Promise<T>, afterCommit: AfterCommit[]): Promise<T> {
    const beforeCommit: OpenTransaction['beforeCommit'] = new Map();
    const open = { database: this, manager, beforeCommit, afterCommit, known: new Map<object, unknown>() };
    return openTransactions.run(open, async () => {
      const result = await work();
      for (const { workUp } of beforeCommit.values()) await workUp();
      return result;
    });
  }

  private async transactionWithRetries<T>(work: () => Promise<T>, afterCommit: AfterCommit[]): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        afterCommit.length = 0;
        return await this.dataSource.transaction((manager) => this.runOpen(manager, work, afterCommit));
      } catch (error) {
        const code = (error as { code?: string }).code ?? '';
        if (!MYSQL_LOCK_ERRORS.has(code) || attempt >= MAX_DEADLOCK_RETRIES) throw error;
        await setTimeout(Math.random() * LONGEST_RETRY_DELAY_MS * attempt);
      }
    }
  }
}

async function arrays(connection: Connection, sql: string, values: unknown[]): Promise<unknown> {
  const [rows] = await connection.promise().query({ sql, values, rowsAsArray: true });
  return rows;
}

/** As a statement like all others where the server prepares none. */
async function preparedArrays(connection: Connection, sql: string, values: number[]): Promise<unknown> {
  try {
    // Numbers without a type are sent as floating-point ones, with which the server would compare whole ones otherwise.
    const typed = values.map((value) =>
      Number.isSafeInteger(value) ? mysql.TypedParameter.BIGINT(value) : value,
    );
    const [rows] = await connection.promise().execute({ sql, values: typed, rowsAsArray: true });
    return rows;
  } catch (error) {
    if (!MYSQL_UNPREPARED.has((error as { code?: string }).code ?? '')) throw error;
    return arrays(connection, sql, values);
  }
}
