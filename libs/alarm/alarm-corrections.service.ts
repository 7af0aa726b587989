import { Injectable } from '@nestjs/common';
import type { AlarmEntry } from './alarm-entry.entity.js';
import { AlarmJournalRepository } from './alarm-journal.repository.js';
import { AlarmRepository } from './alarm.repository.js';
import { entryOf } from './alarm-transitions.service.js';
import { differences, type EvaluatedChange } from './journal-differences.js';

/** Corrects the journal when samples that came late, or overwrote others, show another past: it adds, and removes nothing. */
@Injectable()
export class AlarmCorrections {
  constructor(
    private readonly alarms: AlarmRepository,
    private readonly journal: AlarmJournalRepository,
  ) {}

  /**
   * Compares what the samples in `(after, to]` show with what stands in the journal, and notes the differences.
   * @returns the alarms of which something turned out otherwise
   */
  async write(evaluated: readonly EvaluatedChange[], after: number, to: number): Promise<number[]> {
    const stands = await this.journal.findConditions(after, to);
    const { missing, wrong } = differences(stands, evaluated);
    const alarmIds = [
      ...new Set([...wrong.map(({ alarmId }) => alarmId), ...missing.map(({ change }) => change.alarmId)]),
    ];
    const rows = new Map((await this.alarms.findAll(alarmIds)).map((row) => [row.id, row]));
    const entries: Omit<AlarmEntry, 'id'>[] = [];
    for (const { id, alarmId, plantAt, value, limitValue } of wrong) {
      const row = rows.get(alarmId);
      const reason = { plantAt, cause: 'late_samples' as const, value, limitValue };
      if (row) entries.push(entryOf(row, 'retracted', reason, { corrects: id }));
    }
    for (const { change, since, isOutranked } of missing) {
      const row = rows.get(change.alarmId);
      const active = change.event.type === 'activate';
      const then = row && { ...row, active, suppressed: isOutranked };
      const reason = { ...change.reason, cause: 'late_samples' as const };
      if (then) entries.push(entryOf(then, active ? 'activated' : 'returned', reason, { since }));
    }
    await this.journal.append(entries);
    return alarmIds;
  }
}
