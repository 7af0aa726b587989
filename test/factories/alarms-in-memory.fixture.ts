import type { Database, Leases } from '#platform';
import type { AlarmLimit } from '#timeseries';
import type { AlarmEntry } from '../../libs/alarm/alarm-entry.entity.js';
import type { AlarmJournalRepository } from '../../libs/alarm/alarm-journal.repository.js';
import type { Alarm } from '../../libs/alarm/alarm.entity.js';
import type {
  AlarmFilter,
  AlarmPosition,
  AlarmRepository,
  IncidentAlarmRow,
  LimitAlarmRow,
} from '../../libs/alarm/alarm.repository.js';

/** An alarm as it is laid down. */
function aQuietAlarm(id: number, changes: Partial<Alarm>): Alarm {
  return {
    id,
    kind: 'limit',
    tagId: null,
    limitName: null,
    incidentId: null,
    equipmentId: null,
    priority: 'medium',
    active: false,
    activeSince: null,
    changedAt: 0,
    value: null,
    limitValue: null,
    unacknowledged: false,
    acknowledgement: null,
    shelvedUntil: null,
    shelvedUntilWall: null,
    shelf: null,
    suppressed: false,
    outOfService: false,
    outOfServiceNote: null,
    ...changes,
  };
}

/** Alarms and their journal in memory, for the services that know them through repositories. Rows are handed out as copies. */
export class AlarmsInMemory {
  readonly rows: Alarm[] = [];
  readonly entries: AlarmEntry[] = [];
  /** Alarms that were written, in order. */
  readonly updated: number[] = [];
  transactions = 0;
  /** What pages were asked of; these hold every alarm. */
  readonly filters: AlarmFilter[] = [];

  get repository(): AlarmRepository {
    return this as unknown as AlarmRepository;
  }

  get journal(): AlarmJournalRepository {
    return this as unknown as AlarmJournalRepository;
  }

  get database(): Database {
    return this as unknown as Database;
  }

  get leases(): Leases {
    return this as unknown as Leases;
  }

  add(changes: Partial<Alarm>): Alarm {
    const row = aQuietAlarm(this.rows.length + 1, changes);
    this.rows.push(row);
    return row;
  }

  /** The alarm of a limit of a tag. */
  limit(tagId: number, limit: AlarmLimit): Alarm | undefined {
    return this.rows.find((row) => row.tagId === tagId && row.limitName === limit);
  }

  /** What stands in the journal: nobody has retracted it. */
  standing(): AlarmEntry[] {
    const retracted = new Set(this.entries.map(({ corrects }) => corrects));
    return this.entries.filter(({ id, event }) => event !== 'retracted' && !retracted.has(id));
  }

  readonly assertHeld = (): Promise<void> => Promise.resolve();

  readonly transaction = <T>(work: () => Promise<T>): Promise<T> => {
    this.transactions++;
    return work();
  };

  readonly findPage = (filter: AlarmFilter, limit: number, after?: AlarmPosition) => {
    this.filters.push(filter);
    const sorted = this.rows.toSorted((a, b) => b.changedAt - a.changedAt || b.id - a.id);
    const begin = after ? sorted.findIndex(({ id }) => id === after.id) + 1 : 0;
    return Promise.resolve(structuredClone(sorted.slice(begin, begin + limit + 1)));
  };

  readonly count = () => Promise.resolve(this.rows.length);
  readonly findAll = (ids: readonly number[]) => this.found(({ id }) => ids.includes(id));
  readonly findOfLimits = () => this.found(({ kind }) => kind === 'limit');
  readonly findOfIncidents = (ids: readonly number[]) =>
    this.found(({ incidentId }) => incidentId !== null && ids.includes(incidentId));
  readonly findUnsettledOfIncidents = () =>
    this.found(({ incidentId, active, unacknowledged }) => incidentId !== null && (active || unacknowledged));
  readonly findActiveSince = (before: number) =>
    this.found(({ active, activeSince }) => active && (activeSince ?? 0) < before);
  readonly newestIncident = () =>
    Promise.resolve(Math.max(0, ...this.rows.map(({ incidentId }) => incidentId ?? 0)));

  readonly findExpired = async (plantAt: number, wallAt: number) =>
    (
      await this.found(
        ({ shelvedUntil, shelvedUntilWall }) =>
          shelvedUntil !== null && (shelvedUntil <= plantAt || (shelvedUntilWall ?? Infinity) <= wallAt),
      )
    ).map(({ id }) => id);

  readonly lock = (ids: readonly number[]) => {
    const tagIds = this.rows.filter(({ id }) => ids.includes(id)).map(({ tagId }) => tagId);
    return this.found(({ id, tagId }) => ids.includes(id) || (tagId !== null && tagIds.includes(tagId)));
  };

  readonly layDown = (limits: readonly LimitAlarmRow[]) => {
    for (const row of limits) Object.assign(this.limit(row.tagId, row.limitName) ?? this.add({}), row);
    return Promise.resolve();
  };

  readonly layDownIncidents = (incidents: readonly IncidentAlarmRow[]) => {
    for (const row of incidents) {
      const known = this.rows.find(({ incidentId }) => incidentId === row.incidentId);
      Object.assign(known ?? this.add({ kind: 'incident' }), row);
    }
    return Promise.resolve();
  };

  readonly update = (row: Alarm) => {
    this.updated.push(row.id);
    Object.assign(this.rows[row.id - 1], structuredClone(row));
    return Promise.resolve();
  };

  readonly append = (entries: readonly Omit<AlarmEntry, 'id'>[]) => {
    for (const entry of entries) this.entries.push({ id: this.entries.length + 1, ...entry });
    return Promise.resolve();
  };

  readonly findConditions = (after: number, to: number) => {
    const ofLimits = new Set(this.rows.filter(({ kind }) => kind === 'limit').map(({ id }) => id));
    return Promise.resolve(
      this.standing().filter(
        ({ alarmId, event, plantAt }) =>
          ofLimits.has(alarmId) &&
          (event === 'activated' || event === 'returned') &&
          plantAt > after &&
          plantAt <= to,
      ),
    );
  };

  readonly findLastActivations = (ids: readonly number[]) => {
    const last = new Map<number, number>();
    for (const { alarmId, event, plantAt } of this.standing())
      if (event === 'activated' && ids.includes(alarmId))
        last.set(alarmId, Math.max(last.get(alarmId) ?? -Infinity, plantAt));
    return Promise.resolve(last);
  };

  private found(isWanted: (row: Alarm) => boolean): Promise<Alarm[]> {
    return Promise.resolve(structuredClone(this.rows.filter(isWanted)));
  }
}
