import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppError, isoTime, ProcessClock } from '#platform';
import { type ActiveSpan, alarmFigures, type KnownAlarmFigures, STALE_MS } from './alarm-figures.js';
import { type Activation, AlarmJournalRepository } from './alarm-journal.repository.js';
import { AlarmRepository } from './alarm.repository.js';
import { AlarmService } from './alarm.service.js';
import { AlarmFiguresDto } from './dto/alarm-figures.dto.js';
import type { AlarmFiguresQuery } from './dto/alarm-figures.query.js';

const DEFAULT_PERIOD_MS = 24 * 3_600_000;
const LONGEST_PERIOD_MS = 31 * DEFAULT_PERIOD_MS;
/** A plant with more has other worries than their figures. */
const MOST_ACTIVATIONS = 200_000;

@Injectable()
export class AlarmFiguresService {
  constructor(
    private readonly journal: AlarmJournalRepository,
    private readonly rows: AlarmRepository,
    private readonly alarms: AlarmService,
    private readonly clock: ProcessClock,
  ) {}

  /** @throws AppError VALIDATION_FAILED, TOO_MANY_ALARMS */
  async read({ from, to }: AlarmFiguresQuery): Promise<AlarmFiguresDto> {
    const now = this.clock.now();
    const end = Math.min(to === undefined ? now : this.clock.parseTime(to, 'to'), now);
    const begin = from === undefined ? end - DEFAULT_PERIOD_MS : this.clock.parseTime(from, 'from');
    if (begin >= end) throw AppError.invalid('from', `must be before ${isoTime(end)}, plant time`);
    if (end - begin > LONGEST_PERIOD_MS) throw AppError.invalid('from', 'must be at most 31 days before to');
    return AlarmFiguresDto.of(await this.figuresIn(begin, end), await this.alarms.names());
  }

  /**
   * Of `[from, to)`, plant time.
   * @throws AppError TOO_MANY_ALARMS
   */
  async figuresIn(from: number, to: number): Promise<KnownAlarmFigures> {
    const shown: Activation[] = [];
    for await (const part of this.journal.activations(from, to)) {
      shown.push(...part);
      if (shown.length > MOST_ACTIVATIONS)
        throw AppError.unprocessable(
          'TOO_MANY_ALARMS',
          `There were more than ${MOST_ACTIVATIONS} alarms; choose a shorter period`,
        );
      await setImmediate();
    }
    const figures = alarmFigures({ from, to }, shown, await this.stale(from, to));
    const ids = [...figures.top, ...figures.chattering, ...figures.stale].map(({ alarmId }) => alarmId);
    const sources = new Map((await this.rows.findAll([...new Set(ids)])).map((row) => [row.id, row]));
    return { ...figures, sources };
  }

  /** Alarms that had been active for longer than a day at some time in `[from, to)`. */
  private async stale(from: number, to: number): Promise<ActiveSpan[]> {
    const ended = await this.journal.findLongEnded(from, to, STALE_MS);
    const active = await this.rows.findActiveSince(to - STALE_MS);
    const spans: ActiveSpan[] = [
      ...ended.filter(({ since, until }) => Math.min(until, to) - since > STALE_MS),
      ...active.map(({ id, activeSince }) => ({ alarmId: id, since: activeSince ?? 0, until: null })),
    ];
    const longest = new Map<number, ActiveSpan>();
    for (const span of spans.sort((a, b) => b.since - a.since)) longest.set(span.alarmId, span);
    return [...longest.values()].sort((a, b) => a.since - b.since);
  }
}
