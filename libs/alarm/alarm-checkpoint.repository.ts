import { Injectable } from '@nestjs/common';
import { Database } from '#platform';
import type { LimitTrackerState } from './limit-alarm-tracker.js';
import type { LimitHistory } from './limit-history.js';

/** All of these are kept, so that samples a little late cost little; of older ones the first of each hour. */
const KEPT_CHECKPOINTS = 20;
const HOUR_MS = 3_600_000;
/** Samples that are later than this find no checkpoint before them. */
export const REMEMBERED_MS = 7 * 24 * HOUR_MS;

/** Where the follower stood after a stretch of samples. */
export interface AlarmCheckpoint {
  /** Samples up to this plant time are evaluated. */
  positionTs: number;
  /** Position in the sample feed up to which writes were looked at. */
  feedPosition: number;
  snapshot: AlarmSnapshot;
}

interface AlarmSnapshot {
  tracker: LimitTrackerState;
  /** What samples were evaluated against, as far back as they may be evaluated again. */
  limits: LimitHistory;
  /** Newest sample time any write has reported. */
  horizonTs: number;
  /** While samples are evaluated again: how far they were evaluated before, and which alarms turned out otherwise. */
  again: { until: number; alarmIds: number[] } | null;
}

type Row = Record<'position_ts' | 'feed_position', string | number> & { snapshot: string };

@Injectable()
export class AlarmCheckpointRepository {
  constructor(private readonly database: Database) {}

  newest(): Promise<AlarmCheckpoint | undefined> {
    return this.one('ORDER BY position_ts DESC LIMIT 1', []);
  }

  /** The last one before a moment of plant time. */
  before(ts: number): Promise<AlarmCheckpoint | undefined> {
    return this.one('WHERE position_ts < ? ORDER BY position_ts DESC LIMIT 1', [ts]);
  }

  async oldestPosition(): Promise<number | undefined> {
    return (await this.one('ORDER BY position_ts LIMIT 1', []))?.positionTs;
  }

  async write({ positionTs, feedPosition, snapshot }: AlarmCheckpoint): Promise<void> {
    const hour = Math.floor(positionTs / HOUR_MS) * HOUR_MS;
    const isFirst =
      (await this.one('WHERE position_ts >= ? AND position_ts < ? LIMIT 1', [hour, positionTs])) ===
      undefined;
    await this.database.upsert({
      table: 'alarm_checkpoint',
      columns: ['position_ts', 'feed_position', 'is_hourly', 'snapshot'],
      keys: ['position_ts'],
      update: ['feed_position', 'is_hourly', 'snapshot'],
      rows: [[positionTs, feedPosition, isFirst ? 1 : 0, JSON.stringify(snapshot)]],
    });
  }

  async deleteAfter(ts: number): Promise<void> {
    await this.database.query('DELETE FROM alarm_checkpoint WHERE position_ts > ?', [ts]);
  }

  async prune(positionTs: number): Promise<void> {
    const [oldestKept] = await this.database.query<{ position_ts: string | number }>(
      `SELECT position_ts FROM alarm_checkpoint ORDER BY position_ts DESC LIMIT 1 OFFSET ${KEPT_CHECKPOINTS - 1}`,
    );
    if (!oldestKept) return;
    await this.database.query(
      'DELETE FROM alarm_checkpoint WHERE position_ts < ? AND (is_hourly = 0 OR position_ts < ?)',
      [Number(oldestKept.position_ts), positionTs - REMEMBERED_MS],
    );
  }

  private async one(rest: string, parameters: number[]): Promise<AlarmCheckpoint | undefined> {
    const [row] = await this.database.query<Row>(
      `SELECT position_ts, feed_position, snapshot FROM alarm_checkpoint ${rest}`,
      parameters,
    );
    return (
      row && {
        positionTs: Number(row.position_ts),
        feedPosition: Number(row.feed_position),
        snapshot: JSON.parse(row.snapshot) as AlarmSnapshot,
      }
    );
  }
}
