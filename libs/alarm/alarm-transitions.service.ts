import { Injectable } from '@nestjs/common';
import type { AlarmLimit } from '#timeseries';
import type { Alarm, OperatorNote } from './alarm.entity.js';
import type { AlarmCause, AlarmEntry, AlarmEntryEvent } from './alarm-entry.entity.js';
import { AlarmJournalRepository } from './alarm-journal.repository.js';
import { afterEvent, type AlarmEvent, alarmState, type AlarmStatus, isAnnunciated } from './alarm-machine.js';
import { AlarmRepository } from './alarm.repository.js';

/** When and why something happens to an alarm; who and what they say where it was a person. */
export interface AlarmReason {
  plantAt: number;
  /** Now, when left out. */
  wallAt?: number | undefined;
  cause: AlarmCause;
  by?: string | undefined;
  comment?: string | undefined;
  value?: number | null | undefined;
  limitValue?: number | null | undefined;
}

export interface AlarmChange {
  alarmId: number;
  event: AlarmEvent;
  reason: AlarmReason;
}

/** Where a limit alarm stands once samples have been evaluated again. */
export interface Reevaluated {
  alarmId: number;
  active: boolean;
  activeSince: number | null;
  /** Whether some of what was written of it turned out otherwise. */
  isCorrected: boolean;
}

/** While the first is active and shown, the second says nothing new. */
const GRAVER: Partial<Record<AlarmLimit, AlarmLimit>> = { HH: 'H', LL: 'L' };

/** Takes alarms through their states: the row and its line of the journal, inside one transaction of the caller's. */
@Injectable()
export class AlarmTransitions {
  constructor(
    private readonly alarms: AlarmRepository,
    private readonly journal: AlarmJournalRepository,
  ) {}

  /**
   * Applies events in their order; what changes nothing is not noted.
   * @returns the alarms that have changed
   */
  async apply(changes: readonly AlarmChange[]): Promise<Set<number>> {
    const work = new OpenAlarms(await this.alarms.lock([...new Set(changes.map(({ alarmId }) => alarmId))]));
    for (const change of changes) work.apply(change);
    await this.write(work);
    return work.changed;
  }

  /** Brings alarms to where samples that were evaluated again leave them; the corrections are in the journal already. */
  async settle(evaluated: readonly Reevaluated[], plantAt: number): Promise<void> {
    const work = new OpenAlarms(await this.alarms.lock(evaluated.map(({ alarmId }) => alarmId)));
    const corrected = evaluated.filter(({ isCorrected }) => isCorrected).map(({ alarmId }) => alarmId);
    const begun = await this.journal.findLastActivations(corrected);
    for (const { alarmId, active, activeSince, isCorrected } of evaluated) {
      const row = work.require(alarmId);
      const acknowledgedAt = row.acknowledgement?.plantAt ?? -Infinity;
      const unacknowledged = isCorrected
        ? (begun.get(alarmId) ?? -Infinity) > acknowledgedAt
        : row.unacknowledged;
      work.settle(alarmId, { active, activeSince, unacknowledged }, plantAt);
    }
    await this.write(work);
  }

  /** Notes a comment, which changes no alarm. */
  async comment(alarm: Alarm, reason: AlarmReason): Promise<void> {
    await this.journal.append([entryOf(alarm, 'commented', reason)]);
  }

  private async write(work: OpenAlarms): Promise<void> {
    for (const row of work.changedRows()) await this.alarms.update(row);
    await this.journal.append(work.entries);
  }
}

/** Locked rows while events are applied to them. */
class OpenAlarms {
  readonly entries: Omit<AlarmEntry, 'id'>[] = [];
  readonly changed = new Set<number>();
  private readonly rows: Map<number, Alarm>;

  constructor(rows: readonly Alarm[]) {
    this.rows = new Map(rows.map((row) => [row.id, row]));
  }

  changedRows(): Alarm[] {
    return [...this.changed].sort((a, b) => a - b).map((id) => this.require(id));
  }

  require(id: number): Alarm {
    const row = this.rows.get(id);
    if (!row) throw new Error(`There is no alarm ${id}`);
    return row;
  }

  apply({ alarmId, event, reason }: AlarmChange): void {
    const row = this.require(alarmId);
    const step = afterEvent(statusOf(row), event);
    if (!step) return;
    const since = event.type === 'return' ? row.activeSince : null;
    Object.assign(row, fieldsAfter(step.status), noteFields(event, reason));
    row.changedAt = reason.plantAt;
    this.changed.add(alarmId);
    const until = event.type === 'shelve' ? event.shelf.until : null;
    this.entries.push(entryOf(row, step.transition, reason, { since, until }));
    this.suppressByDesign(row, reason);
  }

  settle(
    id: number,
    { active, activeSince, unacknowledged }: Pick<Alarm, 'active' | 'activeSince' | 'unacknowledged'>,
    plantAt: number,
  ): void {
    const row = this.require(id);
    const isSame =
      row.active === active && row.activeSince === activeSince && row.unacknowledged === unacknowledged;
    if (!isSame) {
      Object.assign(row, { active, activeSince, unacknowledged });
      this.changed.add(id);
    }
    this.suppressByDesign(row, { plantAt, cause: 'late_samples' });
  }

  /** Of a tag beyond its outer limit the inner one says nothing new, unless nobody is shown the outer one. */
  private suppressByDesign(row: Alarm, { plantAt, wallAt }: AlarmReason): void {
    const inner = row.limitName && GRAVER[row.limitName];
    if (!inner) return;
    const lesser = [...this.rows.values()].find(
      ({ tagId, limitName }) => tagId === row.tagId && limitName === inner,
    );
    if (!lesser) return;
    const type = row.active && isAnnunciated(statusOf(row)) ? 'suppress' : 'unsuppress';
    this.apply({ alarmId: lesser.id, event: { type }, reason: { plantAt, wallAt, cause: 'graver_alarm' } });
  }
}

function statusOf({
  active,
  unacknowledged,
  shelvedUntil,
  shelvedUntilWall,
  suppressed,
  outOfService,
}: Alarm): AlarmStatus {
  const shelf =
    shelvedUntil === null || shelvedUntilWall === null
      ? null
      : { until: shelvedUntil, untilWall: shelvedUntilWall };
  return { active, unacknowledged, shelf, suppressed, outOfService };
}

/** The name of where an alarm stands. */
export function stateOf(alarm: Alarm): ReturnType<typeof alarmState> {
  return alarmState(statusOf(alarm));
}

function fieldsAfter({ shelf, ...status }: AlarmStatus): Partial<Alarm> {
  return { ...status, shelvedUntil: shelf?.until ?? null, shelvedUntilWall: shelf?.untilWall ?? null };
}

/** What the row remembers of an event besides the status. */
function noteFields(event: AlarmEvent, reason: AlarmReason): Partial<Alarm> {
  const { plantAt, value = null, limitValue = null } = reason;
  switch (event.type) {
    case 'activate':
      return { activeSince: plantAt, value, limitValue };
    case 'return':
      return { activeSince: null, value, limitValue };
    case 'acknowledge':
      return { acknowledgement: reason.by === undefined ? null : noteOf(reason) };
    case 'shelve':
      return { shelf: noteOf(reason) };
    case 'unshelve':
    case 'pass':
      return { shelf: null };
    case 'take_out':
      return { outOfServiceNote: noteOf(reason) };
    case 'put_back':
      return { outOfServiceNote: null };
    case 'suppress':
    case 'unsuppress':
      return {};
  }
}

function noteOf({ by = '', comment = '', plantAt, wallAt = Date.now() }: AlarmReason): OperatorNote {
  return { by, comment, plantAt, wallAt };
}

/** A line of the journal about an alarm that is as `row` says. */
export function entryOf(
  row: Alarm,
  event: AlarmEntryEvent,
  { plantAt, wallAt = Date.now(), cause, by, comment, value = null, limitValue = null }: AlarmReason,
  rest: Partial<Pick<AlarmEntry, 'since' | 'until' | 'corrects'>> = {},
): Omit<AlarmEntry, 'id'> {
  const status = statusOf(row);
  return {
    alarmId: row.id,
    event,
    cause,
    plantAt,
    wallAt,
    byWhom: by ?? null,
    comment: comment ?? null,
    state: alarmState(status),
    priority: row.priority,
    annunciated: isAnnunciated(status),
    since: null,
    until: null,
    value,
    limitValue,
    corrects: null,
    ...rest,
  };
}
