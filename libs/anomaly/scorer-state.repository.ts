import { Injectable } from '@nestjs/common';
import { Database, Leases } from '#platform';

/** Held by the one process that scores. */
export const SCORER_LEASE = 'scorer';

const KEPT_CHECKPOINTS = 25;

/** Where the scorer stood after a sample. */
export interface ScorerCheckpoint<Snapshot> {
  /** Plant time of the last scored sample. */
  positionTs: number;
  /** Position in the sample feed up to which writes were looked at. */
  feedPosition: number;
  snapshot: Snapshot;
}

type Row = Record<'position_ts' | 'feed_position', string | number> & { snapshot: string };

/** The scorer's state after the newest sample and at some earlier ones, from which late samples are rescored. */
@Injectable()
export class ScorerStateRepository {
  constructor(
    private readonly database: Database,
    private readonly leases: Leases,
  ) {}

  /**
   * A transaction of the process that scores.
   * @throws LeaseLostError when another process has taken over
   */
  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      await this.leases.assertHeld(SCORER_LEASE);
      return work();
    });
  }

  async newest<Snapshot>(): Promise<ScorerCheckpoint<Snapshot> | undefined> {
    return this.one<Snapshot>('SELECT * FROM scorer_checkpoint ORDER BY position_ts DESC LIMIT 1', []);
  }

  /** Plant time of the last scored sample. */
  async newestPosition(): Promise<number | undefined> {
    const [row] = await this.database.query<{ newest: string | number | null }>(
      'SELECT MAX(position_ts) AS newest FROM scorer_checkpoint',
    );
    return row.newest === null ? undefined : Number(row.newest);
  }

  /** Plant time of the oldest checkpoint: samples after it can be scored again. */
  async oldestPosition(): Promise<number | undefined> {
    const [row] = await this.database.query<{ oldest: string | number | null }>(
      'SELECT MIN(position_ts) AS oldest FROM scorer_checkpoint',
    );
    return row.oldest === null ? undefined : Number(row.oldest);
  }

  /** The last checkpoint before a moment of plant time. */
  async before<Snapshot>(ts: number): Promise<ScorerCheckpoint<Snapshot> | undefined> {
    return this.one<Snapshot>(
      'SELECT * FROM scorer_checkpoint WHERE position_ts < ? ORDER BY position_ts DESC LIMIT 1',
      [ts],
    );
  }

  /** Writes the newest state; `replaces` is the position of the state it takes the place of, if that is not kept. */
  async write<Snapshot>(
    { positionTs, feedPosition, snapshot }: ScorerCheckpoint<Snapshot>,
    replaces: number | undefined,
  ): Promise<void> {
    if (replaces !== undefined) {
      await this.database.query('DELETE FROM scorer_checkpoint WHERE position_ts = ?', [replaces]);
    }
    await this.database.upsert({
      table: 'scorer_checkpoint',
      columns: ['position_ts', 'feed_position', 'snapshot'],
      keys: ['position_ts'],
      update: ['feed_position', 'snapshot'],
      rows: [[positionTs, feedPosition, JSON.stringify(snapshot)]],
    });
  }

  /** Forgets what comes after a moment, before it is scored again. */
  async deleteAfter(ts: number): Promise<void> {
    await this.database.query('DELETE FROM scorer_checkpoint WHERE position_ts > ?', [ts]);
  }

  /** Keeps the newest checkpoints only. */
  async prune(): Promise<void> {
    const rows = await this.database.query<{ position_ts: string | number }>(
      `SELECT position_ts FROM scorer_checkpoint ORDER BY position_ts DESC LIMIT 1 OFFSET ${KEPT_CHECKPOINTS}`,
    );
    if (rows.length > 0) {
      await this.database.query('DELETE FROM scorer_checkpoint WHERE position_ts <= ?', [
        Number(rows[0].position_ts),
      ]);
    }
  }

  private async one<Snapshot>(
    sql: string,
    parameters: unknown[],
  ): Promise<ScorerCheckpoint<Snapshot> | undefined> {
    const [row] = await this.database.query<Row>(sql, parameters);
    return (
      row && {
        positionTs: Number(row.position_ts),
        feedPosition: Number(row.feed_position),
        snapshot: JSON.parse(row.snapshot) as Snapshot,
      }
    );
  }
}
