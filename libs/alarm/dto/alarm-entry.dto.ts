import { ALARM_PRIORITIES, type AlarmPriority } from '#equipment';
import { ApiProperty } from '@nestjs/swagger';
import { figureOrNull, isoTime, isoTimeOrNull, PageDto } from '#platform';
import type { Alarm } from '../alarm.entity.js';
import {
  ALARM_CAUSES,
  ALARM_ENTRY_EVENTS,
  type AlarmCause,
  type AlarmEntry,
  type AlarmEntryEvent,
} from '../alarm-entry.entity.js';
import { ALARM_STATES, type AlarmState } from '../alarm-machine.js';
import { type AlarmNames, AlarmSourceDto } from './alarm.dto.js';

const TIME = { type: String, format: 'date-time', nullable: true, example: null } as const;

/** A line of the journal. */
export class AlarmEntryDto extends AlarmSourceDto {
  @ApiProperty({ type: 'integer', example: 40 })
  entry_id!: number;

  @ApiProperty({
    enum: ALARM_ENTRY_EVENTS,
    example: 'activated',
    description: 'What happened; `retracted`: late samples show that what `corrects` names never did',
  })
  event!: AlarmEntryEvent;

  @ApiProperty({ enum: ALARM_CAUSES, example: 'sample' })
  cause!: AlarmCause;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T08:03:00.000Z',
    description: 'When, in plant time',
  })
  plant_at!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-02-28T21:10:40.000Z',
    description: 'When it was written or said, in wall time',
  })
  wall_at!: string;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Who; null where nobody did it' })
  by!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  comment!: string | null;

  @ApiProperty({ enum: ALARM_STATES, example: 'unacknowledged', description: 'After it' })
  state!: AlarmState;

  @ApiProperty({ enum: ALARM_PRIORITIES, example: 'medium' })
  priority!: AlarmPriority;

  @ApiProperty({ example: true, description: 'Whether nothing suppressed the alarm' })
  annunciated!: boolean;

  @ApiProperty({ ...TIME, description: 'Of an alarm that ended: when it had begun, plant time' })
  since!: string | null;

  @ApiProperty({ ...TIME, description: 'Of a shelf: when it was to end, plant time' })
  until!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 2897.4 })
  value!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 2895 })
  limit_value!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: null,
    description: 'Of a retraction: which entry',
  })
  corrects!: number | null;

  static of(entry: AlarmEntry, alarm: Alarm | undefined, names: AlarmNames): AlarmEntryDto {
    if (!alarm) throw new Error(`The journal speaks of the alarm ${entry.alarmId}, which there is not`);
    return {
      ...AlarmSourceDto.sourceOf(alarm, names),
      entry_id: entry.id,
      event: entry.event,
      cause: entry.cause,
      plant_at: isoTime(entry.plantAt),
      wall_at: isoTime(entry.wallAt),
      by: entry.byWhom,
      comment: entry.comment,
      state: entry.state,
      priority: entry.priority,
      annunciated: entry.annunciated,
      since: isoTimeOrNull(entry.since),
      until: isoTimeOrNull(entry.until),
      value: figureOrNull(entry.value),
      limit_value: entry.limitValue,
      corrects: entry.corrects,
    };
  }
}

export class AlarmJournalPageDto extends PageDto(AlarmEntryDto) {}
