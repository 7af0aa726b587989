import { Injectable } from '@nestjs/common';
import { AppError, decodeCursor, type Page, pageOf, ProcessClock } from '#platform';
import { type AlarmEntryFilter, AlarmJournalRepository } from './alarm-journal.repository.js';
import { AlarmRepository } from './alarm.repository.js';
import { AlarmService } from './alarm.service.js';
import type { AlarmJournalQuery } from './dto/alarm-journal.query.js';
import { AlarmEntryDto } from './dto/alarm-entry.dto.js';

/** Answers `GET /alarms/journal`. */
@Injectable()
export class AlarmJournalService {
  constructor(
    private readonly journal: AlarmJournalRepository,
    private readonly rows: AlarmRepository,
    private readonly alarms: AlarmService,
    private readonly clock: ProcessClock,
  ) {}

  async list(query: AlarmJournalQuery): Promise<Page<AlarmEntryDto>> {
    const [beforeId] = (decodeCursor(query.cursor, ['number']) ?? []) as [number?];
    const filter = this.filterOf(query);
    const entries = await this.journal.findPage(filter, query.limit, beforeId);
    const ids = [...new Set(entries.map(({ alarmId }) => alarmId))];
    const alarms = new Map((await this.rows.findAll(ids)).map((row) => [row.id, row]));
    const names = await this.alarms.names();
    return pageOf(
      entries,
      query.limit,
      ({ id }) => [id],
      (entry) => AlarmEntryDto.of(entry, alarms.get(entry.alarmId), names),
      query.total ? await this.journal.count(filter) : undefined,
    );
  }

  private filterOf(query: AlarmJournalQuery): AlarmEntryFilter {
    const from = query.from === undefined ? undefined : this.clock.parseTime(query.from, 'from');
    const to = query.to === undefined ? undefined : this.clock.parseTime(query.to, 'to');
    if (from !== undefined && to !== undefined && from >= to)
      throw AppError.invalid('from', 'must be before to');
    return { alarmId: query.alarm_id, event: query.event, from, to };
  }
}
