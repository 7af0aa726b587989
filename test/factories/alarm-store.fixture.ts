import { type Database, type EventLog, Leases } from '#platform';
import type { AlarmLimit } from '#timeseries';
import { AlarmCheckpointRepository } from '../../libs/alarm/alarm-checkpoint.repository.js';
import { AlarmEntry } from '../../libs/alarm/alarm-entry.entity.js';
import { AlarmJournalRepository } from '../../libs/alarm/alarm-journal.repository.js';
import { ALARM_LEASE } from '../../libs/alarm/alarm-status.service.js';
import { AlarmTransitions } from '../../libs/alarm/alarm-transitions.service.js';
import { Alarm } from '../../libs/alarm/alarm.entity.js';
import { AlarmRepository } from '../../libs/alarm/alarm.repository.js';
import { migratedDatabase } from './migrated-database.fixture.js';

const TABLES = ['alarm_journal', 'alarm', 'alarm_checkpoint', 'lease', 'sqlite_sequence'];

/** The repositories of alarms over a database in memory, without the tags and equipment of other features. */
export class AlarmStore {
  readonly alarms: AlarmRepository;
  readonly journal: AlarmJournalRepository;
  readonly checkpoints: AlarmCheckpointRepository;
  readonly transitions: AlarmTransitions;
  /** Holds the lease of the alarms. */
  leases: Leases;
  /** Alarms whose changes were published, in order. */
  readonly published: number[] = [];

  private constructor(
    readonly database: Database,
    readonly close: () => Promise<void>,
  ) {
    const append = (_kind: string, id: number) => Promise.resolve(void this.published.push(id));
    this.alarms = new AlarmRepository(database, { append } as unknown as EventLog);
    this.journal = new AlarmJournalRepository(database);
    this.checkpoints = new AlarmCheckpointRepository(database);
    this.transitions = new AlarmTransitions(this.alarms, this.journal);
    this.leases = new Leases(database);
  }

  static async open(): Promise<AlarmStore> {
    const { database, close } = await migratedDatabase('sqlite::memory:', [Alarm, AlarmEntry]);
    await database.query('PRAGMA foreign_keys = OFF');
    return new AlarmStore(database, close);
  }

  /** Forgets everything; ids begin at 1 again. */
  async clear(): Promise<void> {
    for (const table of TABLES) await this.database.query(`DELETE FROM ${table}`);
    this.published.length = 0;
    this.leases = new Leases(this.database);
    await this.leases.hold(ALARM_LEASE);
  }

  /** By id. */
  rows(): Promise<Alarm[]> {
    return this.database.manager.getRepository(Alarm).find({ order: { id: 'ASC' } });
  }

  /** The journal, in the order in which it was written. */
  entries(): Promise<AlarmEntry[]> {
    return this.database.manager.getRepository(AlarmEntry).find({ order: { id: 'ASC' } });
  }

  /** What stands in the journal: nobody has retracted it. */
  async standing(): Promise<AlarmEntry[]> {
    const entries = await this.entries();
    const retracted = new Set(entries.map(({ corrects }) => corrects));
    return entries.filter(({ id, event }) => event !== 'retracted' && !retracted.has(id));
  }

  /** The alarm of a limit of a tag. */
  async limit(tagId: number, limit: AlarmLimit): Promise<Alarm | undefined> {
    return (await this.rows()).find((row) => row.tagId === tagId && row.limitName === limit);
  }

  /** Lays down the alarm of a limit, as it is with some changes. */
  async add(tagId: number, limitName: AlarmLimit, changes: Partial<Alarm> = {}): Promise<Alarm> {
    await this.alarms.layDown([{ tagId, limitName, equipmentId: 5, priority: changes.priority ?? 'medium' }]);
    const laid = await this.limit(tagId, limitName);
    if (!laid) throw new Error(`There is no ${limitName} of ${tagId}`);
    return this.change(laid, changes);
  }

  async change(row: Alarm, changes: Partial<Alarm>): Promise<Alarm> {
    const changed = { ...row, ...changes };
    await this.alarms.update(changed);
    this.published.length = 0;
    return changed;
  }

  /** Rows that were ever inserted, updated or deleted: the same number twice says that nothing was written in between. */
  async writes(): Promise<number> {
    const [{ count }] = await this.database.query<{ count: number }>('SELECT total_changes() AS count');
    return Number(count);
  }
}
