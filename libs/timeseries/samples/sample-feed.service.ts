import { Injectable } from '@nestjs/common';
import { Bell, Database, loggerOf, Revisions } from '#platform';

/** The name of samples among what answers are made of: their number grows with every write. */
export const SAMPLES = 'samples';
/** The same of what changes how the past is stored: raw samples that are removed, finer rollups that are made of old ones. */
export const SAMPLE_SWEEPS = 'sample_sweeps';
const POSITION_SQL = 'SELECT ingest_sequence FROM timeseries_state WHERE id = 1';

/** Called after a commit with the first and last time that was written. */
export type WriteListener = (fromTs: number, toTs: number) => void;

/** A committed write of samples, by whichever process. */
export interface IngestEntry {
  /** Ascending in the order of the commits, without exception. */
  position: number;
  fromTs: number;
  toTs: number;
  samples: number;
}

/** What a follower has not looked at yet. */
export interface FeedPage {
  /** In the order of the commits. */
  entries: IngestEntry[];
  /** Position up to which the follower has looked at everything once it has handled the entries. */
  position: number;
  /** Writes before the entries are forgotten: what they wrote has to be found in the samples themselves. */
  hasGap: boolean;
}

/** Notifies whoever follows the samples of new, late or overwritten ones. */
@Injectable()
export class SampleFeed {
  private readonly logger = loggerOf('sample-feed');
  private readonly listeners = new Set<WriteListener>();

  constructor(
    private readonly database: Database,
    private readonly bell: Bell,
    revisions: Revisions,
  ) {
    revisions.follow(SAMPLES, POSITION_SQL);
    revisions.follow(SAMPLE_SWEEPS);
  }

  /**
   * Calls `listener` after every commit of samples in this process. It is only a wake-up: writes of other processes
   * are seen through `entriesAfter`.
   * @returns how to stop listening
   */
  onWrite(listener: WriteListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Position of the last committed write; 0 before the first. */
  async position(): Promise<number> {
    const [row] = await this.database.query<{ ingest_sequence: string | number }>(POSITION_SQL);
    return Number(row.ingest_sequence);
  }

  /**
   * The writes after `position`, by any process, `limit` at a time. Entries are kept for a day of wall time: a follower
   * that was away for longer finds a gap.
   */
  async entriesAfter(position: number, limit = 1_000): Promise<FeedPage> {
    // Asked first: a write that is committed in between is then among the entries, and never taken for forgotten.
    const newest = await this.position();
    if (newest <= position) return { entries: [], position, hasGap: false };
    const rows = await this.database.query<Record<'id' | 'from_ts' | 'to_ts' | 'samples', string | number>>(
      `SELECT id, from_ts, to_ts, samples FROM ingest_log WHERE id > ? ORDER BY id LIMIT ${Math.floor(limit)}`,
      [position],
    );
    const entries = rows.map((row) => ({
      position: Number(row.id),
      fromTs: Number(row.from_ts),
      toTs: Number(row.to_ts),
      samples: Number(row.samples),
    }));
    // Positions are numbered without gaps, because a write that is rolled back takes its number back.
    const hasGap = entries[0]?.position !== position + 1;
    return { entries, position: entries.at(-1)?.position ?? newest, hasGap };
  }

  /**
   * Of the writes that are behind a position, or reach beyond a plant time: when, by the wall clock, the oldest was made, and the
   * first plant time they cover; undefined when there is none among those that are kept.
   */
  async waiting(
    position: number,
    { reaching }: { reaching?: number | undefined } = {},
  ): Promise<{ since: number; fromTs: number } | undefined> {
    const beyond = reaching === undefined ? '' : ' OR to_ts > ?';
    const [{ since, first }] = await this.database.query<Record<'since' | 'first', string | number | null>>(
      `SELECT MIN(written_at) AS since, MIN(from_ts) AS first FROM ingest_log WHERE id > ?${beyond}`,
      reaching === undefined ? [position] : [position, reaching],
    );
    return since === null ? undefined : { since: Number(since), fromTs: Number(first) };
  }

  /** Notes a write in the open transaction and wakes the listeners once it is committed. */
  async append(fromTs: number, toTs: number, samples: number): Promise<void> {
    // The row stays locked until the commit: numbers are given in the order of the commits.
    await this.database.query(
      'UPDATE timeseries_state SET ingest_sequence = ingest_sequence + 1 WHERE id = 1',
    );
    await this.database.query(
      `INSERT INTO ingest_log (id, from_ts, to_ts, samples, written_at)
       SELECT ingest_sequence, ?, ?, ?, ? FROM timeseries_state WHERE id = 1`,
      [fromTs, toTs, samples, Date.now()],
    );
    await this.database.afterCommit(() => this.wake(fromTs, toTs));
  }

  /** Forgets entries written before that wall-clock time. */
  async forgetBefore(writtenAt: number): Promise<void> {
    await this.database.query('DELETE FROM ingest_log WHERE written_at < ?', [writtenAt]);
  }

  private wake(fromTs: number, toTs: number): void {
    this.bell.ring();
    for (const listener of this.listeners) {
      try {
        listener(fromTs, toTs);
      } catch (error) {
        this.logger.error({ err: error }, 'a listener of the sample feed failed');
      }
    }
  }
}
