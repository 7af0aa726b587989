import { ALARM_PRIORITIES, type AlarmPriority, type SensorTag } from '#equipment';
import { ApiProperty } from '@nestjs/swagger';
import { AcknowledgementDto } from '#anomaly';
import { figureOrNull, isoTime, isoTimeOrNull, PageDto } from '#platform';
import { ALARM_LIMITS, type AlarmLimit } from '#timeseries';
import { type Alarm, ALARM_KINDS, type AlarmKind, type OperatorNote } from '../alarm.entity.js';
import { ALARM_STATES, type AlarmState } from '../alarm-machine.js';
import { stateOf } from '../alarm-transitions.service.js';

/** Names the wire needs besides the row. */
export interface AlarmNames {
  eqId(equipmentId: number): string | null;
  tag(tagId: number): Pick<SensorTag, 'code' | 'name' | 'nameKo' | 'unit'> | undefined;
}

/** What an alarm warns of. */
export class AlarmSourceDto {
  @ApiProperty({ type: 'integer', example: 12 })
  alarm_id!: number;

  @ApiProperty({ enum: ALARM_KINDS, example: 'limit' })
  kind!: AlarmKind;

  @ApiProperty({ type: String, nullable: true, example: 'XMEAS_07', description: 'null of an incident' })
  tag!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Reactor pressure' })
  tag_name!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '반응기 압력' })
  tag_name_ko!: string | null;

  @ApiProperty({ type: String, enum: ALARM_LIMITS, nullable: true, example: 'H' })
  limit!: AlarmLimit | null;

  @ApiProperty({ type: 'integer', nullable: true, example: null, description: 'null of a limit' })
  incident_id!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'REACTOR' })
  eq_id!: string | null;

  static sourceOf(alarm: Alarm, names: AlarmNames): AlarmSourceDto {
    const tag = alarm.tagId === null ? undefined : names.tag(alarm.tagId);
    return {
      alarm_id: alarm.id,
      kind: alarm.kind,
      tag: tag?.code ?? null,
      tag_name: tag?.name ?? null,
      tag_name_ko: tag?.nameKo ?? null,
      limit: alarm.limitName,
      incident_id: alarm.incidentId,
      eq_id: alarm.equipmentId === null ? null : names.eqId(alarm.equipmentId),
    };
  }
}

export class ShelfDto extends AcknowledgementDto {
  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T16:00:00.000Z',
    description: 'When it ends, plant time',
  })
  until!: string;
}

export class AlarmDto extends AlarmSourceDto {
  @ApiProperty({
    enum: ALARM_STATES,
    example: 'unacknowledged',
    description: 'What suppresses it hides condition and acknowledgement, and changes neither',
  })
  state!: AlarmState;

  @ApiProperty({ enum: ALARM_PRIORITIES, example: 'medium' })
  priority!: AlarmPriority;

  @ApiProperty({ example: true, description: 'Whether its condition is there' })
  active!: boolean;

  @ApiProperty({
    example: false,
    description: 'Whether there is nothing that somebody would have to acknowledge',
  })
  acknowledged!: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-03-01T08:03:00.000Z',
    description: 'Since when it is active, plant time',
  })
  active_since!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-03-01T08:03:00.000Z',
    description: 'Its last transition, plant time; null before the first',
  })
  changed_at!: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 2897.4,
    description: 'Value of the tag when the alarm last began or ended',
  })
  value!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 2895, description: 'The limit at that time' })
  limit_value!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'kPa gauge' })
  unit!: string | null;

  @ApiProperty({ type: AcknowledgementDto, nullable: true, description: 'The last one' })
  acknowledgement!: AcknowledgementDto | null;

  @ApiProperty({ type: ShelfDto, nullable: true, description: 'Who has shelved it, why and until when' })
  shelved!: ShelfDto | null;

  @ApiProperty({ example: false, description: 'While the graver alarm on the same side of the tag is shown' })
  suppressed_by_design!: boolean;

  @ApiProperty({
    type: AcknowledgementDto,
    nullable: true,
    description: 'Who has taken it out of service, and why',
  })
  out_of_service!: AcknowledgementDto | null;

  static of(alarm: Alarm, names: AlarmNames): AlarmDto {
    const { shelf, shelvedUntil } = alarm;
    return {
      ...AlarmSourceDto.sourceOf(alarm, names),
      state: stateOf(alarm),
      priority: alarm.priority,
      active: alarm.active,
      acknowledged: !alarm.unacknowledged,
      active_since: isoTimeOrNull(alarm.activeSince),
      changed_at: alarm.changedAt === 0 ? null : isoTime(alarm.changedAt),
      value: figureOrNull(alarm.value),
      limit_value: alarm.limitValue,
      unit: (alarm.tagId === null ? undefined : names.tag(alarm.tagId))?.unit ?? null,
      acknowledgement: noteDto(alarm.acknowledgement),
      shelved: shelf && shelvedUntil !== null ? { ...saidOf(shelf), until: isoTime(shelvedUntil) } : null,
      suppressed_by_design: alarm.suppressed,
      out_of_service: noteDto(alarm.outOfServiceNote),
    };
  }
}

export class AlarmPageDto extends PageDto(AlarmDto) {}

export class AlarmsAcknowledgedDto {
  @ApiProperty({ type: 'array', items: { type: 'integer' }, example: [12] })
  acknowledged!: number[];

  @ApiProperty({
    type: 'array',
    items: { type: 'integer' },
    example: [17],
    description: 'Of which there was nothing to acknowledge',
  })
  unchanged!: number[];
}

function noteDto(note: OperatorNote | null): AcknowledgementDto | null {
  return note && saidOf(note);
}

function saidOf({ by, wallAt, plantAt, comment }: OperatorNote): AcknowledgementDto {
  return { at: isoTime(wallAt), plant_at: isoTimeOrNull(plantAt), by, comment };
}
