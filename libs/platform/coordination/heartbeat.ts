import { hostname } from 'node:os';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Database } from '../database/database.js';
import { OutageError } from '../failure/errors.js';
import { Leases } from './lease.js';
import { loggerOf } from '../observability/logger.js';
import { OutageLog } from '../failure/outage-log.js';
import { PeriodicTasks } from './periodic-tasks.js';

const HEARTBEAT_MS = 5_000;
const FORGET_AFTER_MS = 24 * 3_600_000;

/** What a process of the product does. */
export type ProcessRole = 'api' | 'worker' | 'standalone';

/** A process of the product as the others see it. */
export interface ProcessHeartbeat {
  processId: string;
  role: ProcessRole;
  host: string;
  startedAt: number;
  ageMs: number;
}

/** Every process says in the database that it is alive, so that health answers can name the workers. */
@Injectable()
export class Heartbeats implements BeforeApplicationShutdown {
  private readonly outages = new OutageLog(loggerOf('heartbeat'));
  private started = false;

  constructor(
    private readonly database: Database,
    private readonly leases: Leases,
    private readonly tasks: PeriodicTasks,
  ) {}

  /** Begins to beat. Called once, after the migrations. */
  async start(role: ProcessRole): Promise<void> {
    const startedAt = await this.database.now();
    const beat = async (): Promise<void> => {
      const now = await this.database.now();
      await this.database.upsert({
        table: 'process_heartbeat',
        columns: ['process_id', 'role', 'host', 'started_at', 'seen_at'],
        keys: ['process_id'],
        update: ['seen_at'],
        rows: [[this.leases.processId, role, hostname(), startedAt, now]],
      });
      await this.database.query('DELETE FROM process_heartbeat WHERE seen_at < ?', [now - FORGET_AFTER_MS]);
    };
    await beat().catch((error: unknown) => {
      if (!(error instanceof OutageError)) throw error;
      this.outages.failed(error, 'the first heartbeat could not be written');
    });
    this.started = true;
    this.tasks.every('heartbeat', HEARTBEAT_MS, beat);
  }

  /** All processes seen in the last 24 hours, the freshest first. */
  async list(): Promise<ProcessHeartbeat[]> {
    const now = await this.database.now();
    const rows = await this.database.query<{
      process_id: string;
      role: ProcessRole;
      host: string;
      started_at: string | number;
      seen_at: string | number;
    }>('SELECT process_id, role, host, started_at, seen_at FROM process_heartbeat ORDER BY seen_at DESC');
    return rows.map((row) => ({
      processId: row.process_id,
      role: row.role,
      host: row.host,
      startedAt: Number(row.started_at),
      ageMs: Math.max(0, now - Number(row.seen_at)),
    }));
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (!this.started) return;
    // Without a database the row is forgotten when its time has come.
    await this.database
      .query('DELETE FROM process_heartbeat WHERE process_id = ?', [this.leases.processId])
      .catch((error: unknown) => this.outages.failed(error, 'the heartbeat could not be withdrawn'));
  }
}
