import type { Socket } from 'node:net';
import mysql, { type Connection, type Pool, type PoolConnection, type PoolOptions } from 'mysql2';
import { withPatience } from '../failure/patience.js';
import { DatabaseUnavailableError } from './database-errors.js';

/** How long a server may say nothing. */
export interface SilenceLimits {
  /** TCP, handshake and login of a new connection. @default 3000 */
  connectMs: number;
  /** After so much silence under a statement the server is asked whether it works on it. @default 1000 */
  askAfterMs: number;
  /** After so much silence a statement is given up which the server does not say it works on. @default 5000 */
  giveUpAfterMs: number;
  /** A statement waits for a connection of the pool for as long as none gets free. @default 5000 */
  waitMs: number;
}

const DEFAULT_LIMITS: SilenceLimits = {
  connectMs: 3_000,
  askAfterMs: 1_000,
  giveUpAfterMs: 5_000,
  waitMs: 5_000,
};
const TICKS_PER_LIMIT = 20;
/** More than all connections of HTTP clients may ask for at once. */
const MAX_WAITING = 10_000;
/** What the list of threads says of one that waits for its next statement. */
const IDLE_THREAD = 'Sleep';

/** Gets a connection, unless there is an error: mysql2's own type promises one even then. */
type Obtained = (error: NodeJS.ErrnoException | null, connection?: PoolConnection) => void;

/** How a connection sends a statement. */
type Send = (...given: unknown[]) => mysql.Query;

/** A connection with statements under way. */
interface Statements {
  count: number;
  /** Bytes received, when last looked at. */
  received: number;
  /** Bytes sent that the other side has taken. */
  taken: number;
  silentMs: number;
  /** Since the last byte the server was not asked, is being asked, or did not confirm that it works. */
  inquiry: 'none' | 'open' | 'unconfirmed';
}

/** A thread of the server whose connection was given up; perhaps it still holds row locks. */
interface LeftThread {
  id: number;
  connectedAt: number;
}

/**
 * mysql2 for TypeORM, with an end to silence: a connection on which the server says nothing for too long is destroyed, its
 * statement fails with DatabaseUnavailableError, and the pool opens another one. Silence is not work: before a statement is
 * given up the server is asked on a connection of its own whether it is still at it, so one that computes for a minute
 * before its first byte, or waits for a row lock, is left alone.
 *
 * Silence is counted in ticks, so time in which this process did not run is not taken for the silence of the server.
 */
export class WatchedMysql {
  private readonly limits: SilenceLimits;
  private readonly tickMs: number;
  private readonly busy = new Map<PoolConnection, Statements>();
  private readonly idle = new Set<PoolConnection>();
  private readonly waiting = new Set<Obtained>();
  private readonly left: LeftThread[] = [];
  private options: PoolOptions = {};
  private stalledMs = 0;
  private heard = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param greeting the first statement on every connection of the pool; one that refuses it is not used */
  constructor(
    limits: Partial<SilenceLimits> = {},
    private readonly greeting?: string,
  ) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.tickMs = this.limits.giveUpAfterMs / TICKS_PER_LIMIT;
  }

  /** A number that changes whenever the server has said anything. */
  get signsOfLife(): number {
    return this.heard;
  }

  /** What TypeORM calls. */
  createPool(options: PoolOptions): Pool {
    this.options = { ...options, connectTimeout: this.limits.connectMs };
    const pool = mysql.createPool({ ...this.options, queueLimit: MAX_WAITING });
    pool.on('connection', (connection: PoolConnection) => this.watch(connection));
    pool.on('release', (connection: PoolConnection) => this.idle.add(connection));
    const getConnection = pool.getConnection.bind(pool);
    pool.getConnection = (callback) => this.obtain(getConnection, callback as Obtained);
    return pool;
  }

  /** Waits for a connection as long as others get one; a caller that gave up gives back what comes late. */
  private obtain(getConnection: Pool['getConnection'], callback: Obtained): void {
    const waiter: Obtained = (error, connection) => callback(error, connection);
    this.waiting.add(waiter);
    this.look();
    getConnection((error, connection) => {
      const awaited = this.waiting.delete(waiter);
      if (error) {
        if (awaited) waiter(refusal(error));
        return;
      }
      this.idle.delete(connection);
      this.stalledMs = 0;
      if (awaited) waiter(null, connection);
      else connection.release();
    });
  }

  private watch(connection: PoolConnection): void {
    this.heard++;
    const connectedAt = performance.now();
    const socket = socketOf(connection);
    // TypeORM listens only where nobody does, and the pool listens once.
    connection.on('error', () => undefined);
    const watched =
      (send: Send): Send =>
      (...given) => {
        const command = send(...given);
        if (!socket.destroyed) this.begin(connection);
        command.once('end', () => this.end(connection));
        return command;
      };
    connection.query = watched(connection.query.bind(connection) as Send) as PoolConnection['query'];
    connection.execute = watched(connection.execute.bind(connection) as Send) as PoolConnection['execute'];
    socket.once('close', () => {
      const statements = this.busy.get(connection);
      if (statements) this.left.push({ id: connection.threadId, connectedAt });
      this.busy.delete(connection);
      this.idle.delete(connection);
    });
    if (this.greeting !== undefined)
      connection.query(this.greeting, (error) => {
        if (error) connection.destroy();
      });
    if (this.left.length > 0) void this.endLeftThreads(this.left.splice(0));
  }

  private begin(connection: PoolConnection): void {
    const statements = this.busy.get(connection);
    if (statements) statements.count++;
    else this.busy.set(connection, { count: 1, ...trafficOf(connection), silentMs: 0, inquiry: 'none' });
    this.look();
  }

  private end(connection: PoolConnection): void {
    this.heard++;
    const statements = this.busy.get(connection);
    if (statements && --statements.count === 0) this.busy.delete(connection);
  }

  private look(): void {
    this.timer ??= setInterval(() => this.tick(), this.tickMs).unref();
  }

  private tick(): void {
    if (this.busy.size === 0 && this.waiting.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
      this.stalledMs = 0;
      return;
    }
    for (const [connection, statements] of this.busy) this.listen(connection, statements);
    this.inquire();
    const lost = [...this.busy].filter(([, statements]) => this.isLost(statements));
    for (const [connection] of lost) socketOf(connection).destroy(silence(this.limits.giveUpAfterMs));
    if (lost.length > 0) this.dropIdle();
    this.hurryWaiting();
  }

  /** A reader that has paused its connection does not hear what the server says. */
  private listen(connection: PoolConnection, statements: Statements): void {
    const traffic = trafficOf(connection);
    if (traffic.received !== statements.received) this.heard++;
    else if (traffic.taken === statements.taken && !socketOf(connection).isPaused()) {
      statements.silentMs += this.tickMs;
      return;
    }
    Object.assign(statements, { ...traffic, silentMs: 0, inquiry: 'none' });
  }

  private isLost({ silentMs, inquiry }: Statements): boolean {
    return silentMs >= this.limits.giveUpAfterMs && inquiry !== 'open';
  }

  /** Asks after all statements that have become suspicious. */
  private inquire(): void {
    const suspects = [...this.busy].filter(
      ([, { silentMs, inquiry }]) => silentMs >= this.limits.askAfterMs && inquiry === 'none',
    );
    if (suspects.length === 0) return;
    for (const [, statements] of suspects) statements.inquiry = 'open';
    void this.threadsAtWork().then((atWork) => {
      for (const [connection, statements] of suspects) {
        if (statements.inquiry !== 'open') continue;
        if (atWork.has(connection.threadId)) Object.assign(statements, { silentMs: 0, inquiry: 'none' });
        else statements.inquiry = 'unconfirmed';
      }
    });
  }

  /** Ids of the threads that execute something; none when the server does not answer. */
  private async threadsAtWork(): Promise<Set<number>> {
    try {
      const threads = await this.ask<{ Id: number | string; Command: string }>('SHOW PROCESSLIST');
      this.heard++;
      return new Set(threads.filter(({ Command }) => Command !== IDLE_THREAD).map(({ Id }) => Number(Id)));
    } catch {
      return new Set();
    }
  }

  /** Connections that have waited as long as the silent one are no better; the next statement gets a new one. */
  private dropIdle(): void {
    for (const connection of this.idle) {
      connection.destroy();
      socketOf(connection).destroy();
    }
    this.idle.clear();
  }

  private hurryWaiting(): void {
    this.stalledMs = this.waiting.size > 0 ? this.stalledMs + this.tickMs : 0;
    if (this.stalledMs < this.limits.waitMs) return;
    this.stalledMs = 0;
    const given = [...this.waiting];
    this.waiting.clear();
    const reason = `no connection of the pool got free in ${this.limits.waitMs / 1_000} s`;
    for (const waiter of given) waiter(new DatabaseUnavailableError(new Error(reason)));
  }

  /**
   * Ends, once the server is there again, the threads behind connections that were given up: what closed them may not have
   * reached the server, which would keep their transactions and row locks for hours. After a restart of the server the
   * ids belong to others.
   */
  private async endLeftThreads(threads: LeftThread[]): Promise<void> {
    try {
      const [status] = await this.ask<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Uptime'");
      const serverStartedAt = performance.now() - Number(status.Value) * 1_000;
      for (const { id } of threads.filter(({ connectedAt }) => connectedAt > serverStartedAt))
        await this.ask(`KILL ${id}`).catch(() => undefined);
    } catch {
      this.left.push(...threads);
    }
  }

  /**
   * Runs one statement on a connection of its own; given up when nothing is heard on it for as long as there is between
   * suspicion and giving up. A starved server answers byte after byte, and each of them is a sign of life.
   */
  private async ask<Row>(sql: string): Promise<Row[]> {
    const connection = mysql.createConnection(this.options);
    const socket = socketOf(connection);
    connection.on('error', () => undefined);
    socket.on('data', () => this.heard++);
    const silenceMs = this.limits.giveUpAfterMs - this.limits.askAfterMs;
    const answer = connection.promise().query(sql);
    // Once it is given up, nobody waits for what its end says.
    answer.catch(() => undefined);
    try {
      return (await withPatience(silenceMs, answer, () => socket.bytesRead))[0] as Row[];
    } finally {
      connection.destroy();
      socket.destroy();
    }
  }
}

function socketOf(connection: Connection): Socket {
  return (connection as unknown as { stream: Socket }).stream;
}

function trafficOf(connection: Connection): Pick<Statements, 'received' | 'taken'> {
  const { bytesRead, bytesWritten, writableLength } = socketOf(connection);
  return { received: bytesRead, taken: bytesWritten - writableLength };
}

function silence(ms: number): DatabaseUnavailableError {
  return new DatabaseUnavailableError(new Error(`no byte from the database server in ${ms / 1_000} s`));
}

/** The pool's own refusals, because it is closed or too many wait, have no code. */
function refusal(error: NodeJS.ErrnoException): Error {
  return error.code === undefined ? new DatabaseUnavailableError(error) : error;
}
