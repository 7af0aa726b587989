import { Injectable } from '@nestjs/common';
import { Bell } from './bell.js';
import { Database } from '../database/database.js';
import { Revisions } from '../database/revisions.js';

/** The name of all rows that events report, among what answers are made of. */
export const EVENTS = 'events';
const POSITION_SQL = 'SELECT sequence FROM event_log_state WHERE id = 1';
/** What is kept: a reader that was away for longer, or behind more events, has to look at everything anew. */
const KEPT_MS = 24 * 3_600_000;
const MAX_KEPT_EVENTS = 20_000;
const TRIMMED_AT_ONCE = 500;
const ROWS_PER_INSERT = 200;

/** What an event says of one row. */
export interface EventContent {
  /** As the wire shows it. */
  data: object;
  /** What it belongs to, for readers who want only that. */
  scope?: string | null;
}

/** Rows whose changes are published as events. */
export interface EventKind {
  /** By which it is appended, e.g. `prediction`. */
  name: string;
  /** Under which readers find it, e.g. `jobs`. */
  topic: string;
  /**
   * What to publish of rows that have changed, as they are at the end of the transaction.
   * @returns by key; nothing is logged of a key that is missing
   */
  contents(keys: readonly string[]): Promise<ReadonlyMap<string, EventContent>>;
}

/** An event of the log, by whichever process. */
export interface LoggedEvent {
  /** Ascending in the order of the commits, without exception. */
  id: number;
  topic: string;
  /** Key of the row it is about. */
  subject: string;
  scope: string | null;
  /** JSON. */
  data: string;
}

/** What a reader has not seen yet. */
export interface EventPage {
  /** In the order of the commits. */
  events: LoggedEvent[];
  /** Up to where the reader has seen everything with them. */
  position: number;
  /** Events before these are forgotten. */
  hasGap: boolean;
}

type Row = Record<'id', string | number> &
  Record<'topic' | 'subject' | 'data', string> &
  Pick<LoggedEvent, 'scope'>;

/**
 * What has changed in rows, in order, for readers in any process. An event is written in the transaction of the change it
 * reports: none is lost with a process, and none is logged that was rolled back.
 */
@Injectable()
export class EventLog {
  private readonly kinds = new Map<string, EventKind>();

  constructor(
    private readonly database: Database,
    private readonly bell: Bell,
    revisions: Revisions,
  ) {
    revisions.follow(EVENTS, POSITION_SQL);
  }

  /** Makes known what is logged of a kind of rows. */
  register(kind: EventKind): void {
    this.kinds.set(kind.name, kind);
  }

  /** Has the open transaction publish a row that it changes, once, however often it does. */
  async append(kind: string, key: string | number): Promise<void> {
    if (!this.kinds.has(kind)) throw new Error(`Nobody has registered what events publish of a ${kind}`);
    await this.database.beforeCommit(this.write, { kind, key: String(key) });
  }

  /** Id of the last committed event; 0 before the first. */
  async position(): Promise<number> {
    const [row] = await this.database.query<{ sequence: string | number }>(POSITION_SQL);
    return Number(row.sequence);
  }

  /** The events after `position`, `limit` at a time. */
  async eventsAfter(position: number, limit: number): Promise<EventPage> {
    // Asked first: an event that is committed in between is then among the others, and never taken for a forgotten one.
    const newest = await this.position();
    if (newest <= position) return { events: [], position, hasGap: false };
    const rows = await this.database.query<Row>(
      `SELECT id, topic, subject, scope, data FROM event_log WHERE id > ? ORDER BY id LIMIT ${Math.floor(limit)}`,
      [position],
    );
    const events = rows.map(({ id, ...row }) => ({ ...row, id: Number(id) }));
    // Ids are numbered without gaps, because a transaction that is rolled back takes its numbers back.
    return { events, position: events.at(-1)?.id ?? newest, hasGap: events[0]?.id !== position + 1 };
  }

  /** Forgets what is too old or too much, a batch at a time. */
  async trim(): Promise<void> {
    const oldestId = (await this.position()) - MAX_KEPT_EVENTS;
    const oldestTime = Date.now() - KEPT_MS;
    for (;;) {
      const rows = await this.database.query<Record<'id' | 'written_at', string | number>>(
        `SELECT id, written_at FROM event_log ORDER BY id LIMIT ${TRIMMED_AT_ONCE}`,
      );
      const last = rows.findLast((row) => Number(row.id) <= oldestId || Number(row.written_at) < oldestTime);
      if (last) await this.database.query('DELETE FROM event_log WHERE id <= ?', [Number(last.id)]);
      if (!last || rows.length < TRIMMED_AT_ONCE) return;
    }
  }

  private readonly write = async (changes: { kind: string; key: string }[]): Promise<void> => {
    const logged = await this.eventsOf(changes);
    if (logged.length === 0) return;
    // The row stays locked until the commit: numbers are given in the order of the commits.
    const last = await this.database.advance('event_log_state', 'sequence', logged.length);
    const first = last - logged.length + 1;
    const now = Date.now();
    for (let start = 0; start < logged.length; start += ROWS_PER_INSERT) {
      const rows = logged
        .slice(start, start + ROWS_PER_INSERT)
        .map(({ topic, subject, scope, data }, i) => [first + start + i, topic, subject, scope, data, now]);
      const values = rows.map(() => '(?, ?, ?, ?, ?, ?)').join(', ');
      await this.database.query(
        `INSERT INTO event_log (id, topic, subject, scope, data, written_at) VALUES ${values}`,
        rows.flat(),
      );
    }
    await this.database.afterCommit(() => this.bell.ring());
  };

  private async eventsOf(changes: { kind: string; key: string }[]): Promise<Omit<LoggedEvent, 'id'>[]> {
    const keysByKind = new Map<string, Set<string>>();
    for (const { kind, key } of changes)
      keysByKind.set(kind, (keysByKind.get(kind) ?? new Set<string>()).add(key));
    const logged: Omit<LoggedEvent, 'id'>[] = [];
    for (const [name, keys] of keysByKind) {
      const kind = this.kinds.get(name);
      if (!kind) continue;
      const contents = await kind.contents([...keys]);
      for (const [subject, { data, scope = null }] of contents)
        logged.push({ topic: kind.topic, subject, scope, data: JSON.stringify(data) });
    }
    return logged;
  }
}
