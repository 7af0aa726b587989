import { Injectable } from '@nestjs/common';
import { Database } from './database.js';
import { JoinedRun } from './joined-run.js';

/** How often each source has changed, by its name. */
export type Stand = Readonly<Record<string, string>>;

/**
 * What answers are made of, and how often it has changed: numbers in the database that grow in the transaction of a change. An
 * answer that was made at a stand is right for as long as the stand is the same, whichever process has written since.
 */
@Injectable()
export class Revisions {
  /** How the number of a source is read, by its name. */
  private readonly sources = new Map<string, string>();
  private readonly listeners: { name: string; changed: () => void }[] = [];
  private readonly reading = new JoinedRun(() => this.readAll());
  private known: Stand = {};

  constructor(private readonly database: Database) {}

  /**
   * Makes known where the number of a source stands.
   * @param sql reads it: one column of one row that is found by its key; by default it is the number that `raise` gives
   */
  follow(name: string, sql = `SELECT number FROM revision WHERE name = '${name}'`): void {
    this.sources.set(name, sql);
  }

  /** @param changed called when another number than before has been read, before whoever reads it learns of it */
  onChange(name: string, changed: () => void): void {
    this.listeners.push({ name, changed });
  }

  /** Notes a change in the open transaction; whoever else changes this source waits until it has ended. The name is in a migration. */
  async raise(name: string): Promise<void> {
    await this.database.query('UPDATE revision SET number = number + 1 WHERE name = ?', [name]);
  }

  /** The numbers of all sources, read after this was asked for: one statement for all who ask meanwhile. */
  read(): Promise<Stand> {
    return this.reading.run();
  }

  private async readAll(): Promise<Stand> {
    const columns = [...this.sources].map(([name, sql]) => `(${sql}) AS ${name}`);
    const [row] = await this.database.query<Record<string, unknown>>(`SELECT ${columns.join(', ')}`);
    const stand = Object.fromEntries([...this.sources.keys()].map((name) => [name, String(row[name])]));
    for (const { name, changed } of this.listeners) if (this.known[name] !== stand[name]) changed();
    this.known = stand;
    return stand;
  }
}
