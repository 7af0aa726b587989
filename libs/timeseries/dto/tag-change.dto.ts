import { ALARM_PRIORITIES, type AlarmPriority, type TagChange, type TagSettings } from '#equipment';
import { ApiProperty } from '@nestjs/swagger';
import { isoTime, PageDto } from '#platform';
import { TagLimitsDto } from './tag.dto.js';

/** What people decide about a tag. */
export class TagSettingsDto {
  @ApiProperty({ example: 'Reactor pressure' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: '반응기 압력' })
  name_ko!: string | null;

  @ApiProperty({ type: TagLimitsDto })
  limits!: TagLimitsDto;

  @ApiProperty({ example: 60 })
  deadband!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  on_delay_ms!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  off_delay_ms!: number;

  @ApiProperty({ enum: ALARM_PRIORITIES, example: 'medium' })
  priority!: AlarmPriority;

  static of(settings: TagSettings): TagSettingsDto {
    return {
      name: settings.name,
      name_ko: settings.nameKo,
      limits: { ll: settings.limitLl, l: settings.limitL, h: settings.limitH, hh: settings.limitHh },
      deadband: settings.deadband,
      on_delay_ms: settings.onDelayMs,
      off_delay_ms: settings.offDelayMs,
      priority: settings.priority,
    };
  }
}

/** One change of a tag: who, when, and what it was before and after. */
export class TagChangeDto {
  @ApiProperty({ type: 'integer', example: 12 })
  change_id!: number;

  @ApiProperty({ format: 'date-time', example: '2026-03-01T08:00:00.000Z', description: 'Wall time' })
  changed_at!: string;

  @ApiProperty({ example: 'shift', description: 'Name of the key; `local` where none is needed' })
  changed_by!: string;

  @ApiProperty({ type: TagSettingsDto })
  before!: TagSettingsDto;

  @ApiProperty({ type: TagSettingsDto })
  after!: TagSettingsDto;

  static of({ id, changedAt, changedBy, before, after }: TagChange): TagChangeDto {
    return {
      change_id: id,
      changed_at: isoTime(changedAt),
      changed_by: changedBy,
      before: TagSettingsDto.of(before),
      after: TagSettingsDto.of(after),
    };
  }
}

export class TagChangePageDto extends PageDto(TagChangeDto) {}
