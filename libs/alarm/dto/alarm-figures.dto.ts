import { ALARM_PRIORITIES, type AlarmPriority } from '#equipment';
import { ApiProperty } from '@nestjs/swagger';
import { figure, figureOrNull, isoTime, isoTimeOrNull } from '#platform';
import {
  ALARM_FIGURE_NAMES,
  ALARM_FIGURE_UNITS,
  ALARM_FIGURES,
  type AlarmFigureName,
  type KnownAlarmFigures,
  type MeasuredAlarmFigure,
} from '../alarm-figures.js';
import { type AlarmNames, AlarmSourceDto } from './alarm.dto.js';

const COUNT = { type: 'integer', minimum: 0 } as const;

export class AlarmFigureDto {
  @ApiProperty({ enum: ALARM_FIGURE_NAMES, example: 'average_rate' })
  name!: AlarmFigureName;

  @ApiProperty({ example: 'Average rate' })
  label!: string;

  @ApiProperty({ example: '평균 경보 발생률' })
  label_ko!: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 0.4,
    description: 'null where there was no alarm to measure it at',
  })
  value!: number | null;

  @ApiProperty({ enum: ALARM_FIGURE_UNITS, example: 'per_10_min', description: '`share`: 0 to 1' })
  unit!: (typeof ALARM_FIGURE_UNITS)[number];

  @ApiProperty({ example: 1, description: 'The largest value that is good' })
  bound!: number;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    example: true,
    description: 'null where it cannot be judged',
  })
  within_bound!: boolean | null;

  @ApiProperty({ example: ALARM_FIGURES.average_rate.definition })
  definition!: string;

  @ApiProperty({ example: ALARM_FIGURES.average_rate.definitionKo })
  definition_ko!: string;

  @ApiProperty({ example: ALARM_FIGURES.average_rate.source, description: 'Where the bound comes from' })
  source!: string;

  static of({ name, value, met }: MeasuredAlarmFigure): AlarmFigureDto {
    const { label, labelKo, unit, bound, definition, definitionKo, source } = ALARM_FIGURES[name];
    return {
      name,
      label,
      label_ko: labelKo,
      value: figureOrNull(value),
      unit,
      bound,
      within_bound: met,
      definition,
      definition_ko: definitionKo,
      source,
    };
  }
}

export class AlarmFloodDto {
  @ApiProperty({ format: 'date-time', description: 'Begin of its first window, plant time' })
  from!: string;

  @ApiProperty({ format: 'date-time', description: 'End of its last window, plant time' })
  to!: string;

  @ApiProperty({ ...COUNT, example: 26 })
  alarms!: number;

  @ApiProperty({ ...COUNT, example: 14, description: 'Most in one window of 10 minutes' })
  peak!: number;
}

export class FrequentAlarmDto extends AlarmSourceDto {
  @ApiProperty({ ...COUNT, example: 7, description: 'How often it was shown' })
  alarms!: number;

  @ApiProperty({ example: 0.35, description: 'Of all alarms shown, 0 to 1' })
  share!: number;
}

export class ChatteringAlarmDto extends AlarmSourceDto {
  @ApiProperty({ ...COUNT, example: 4 })
  most_in_a_minute!: number;
}

export class StaleAlarmDto extends AlarmSourceDto {
  @ApiProperty({ format: 'date-time', description: 'When it began, plant time' })
  since!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it ended, plant time; null while it is active',
  })
  until!: string | null;
}

export class PriorityShareDto {
  @ApiProperty({ enum: ALARM_PRIORITIES, example: 'low' })
  priority!: AlarmPriority;

  @ApiProperty({ ...COUNT, example: 16 })
  alarms!: number;

  @ApiProperty({ type: Number, nullable: true, example: 0.8, description: 'Of all alarms shown, 0 to 1' })
  share!: number | null;

  @ApiProperty({ example: 0.8, description: 'What EEMUA 191 expects; critical ones are among the high' })
  expected_share!: number;
}

export class AlarmFiguresDto {
  @ApiProperty({ format: 'date-time', description: 'Plant time' })
  from!: string;

  @ApiProperty({ format: 'date-time', description: 'Plant time' })
  to!: string;

  @ApiProperty({ ...COUNT, example: 20, description: 'Alarms shown: what suppression hid is not counted' })
  alarms!: number;

  @ApiProperty({ type: [AlarmFigureDto] })
  figures!: AlarmFigureDto[];

  @ApiProperty({ type: [AlarmFloodDto] })
  floods!: AlarmFloodDto[];

  @ApiProperty({ type: [ChatteringAlarmDto] })
  chattering!: ChatteringAlarmDto[];

  @ApiProperty({ type: [StaleAlarmDto], description: 'The longest first' })
  stale!: StaleAlarmDto[];

  @ApiProperty({ type: [FrequentAlarmDto], description: 'The ten most frequent' })
  top!: FrequentAlarmDto[];

  @ApiProperty({ type: [PriorityShareDto] })
  priorities!: PriorityShareDto[];

  static of(known: KnownAlarmFigures, names: AlarmNames): AlarmFiguresDto {
    const sourceOf = (alarmId: number): AlarmSourceDto[] => {
      const alarm = known.sources.get(alarmId);
      return alarm ? [AlarmSourceDto.sourceOf(alarm, names)] : [];
    };
    return {
      from: isoTime(known.from),
      to: isoTime(known.to),
      alarms: known.alarms,
      figures: known.figures.map((each) => AlarmFigureDto.of(each)),
      floods: known.floods.map(({ from, to, alarms, peak }) => ({
        from: isoTime(from),
        to: isoTime(to),
        alarms,
        peak,
      })),
      chattering: known.chattering.flatMap(({ alarmId, mostInAMinute }) =>
        sourceOf(alarmId).map((source) => ({ ...source, most_in_a_minute: mostInAMinute })),
      ),
      stale: known.stale.flatMap(({ alarmId, since, until }) =>
        sourceOf(alarmId).map((source) => ({
          ...source,
          since: isoTime(since),
          until: isoTimeOrNull(until),
        })),
      ),
      top: known.top.flatMap(({ alarmId, alarms, share }) =>
        sourceOf(alarmId).map((source) => ({ ...source, alarms, share: figure(share) })),
      ),
      priorities: known.priorities.map(({ priority, alarms, share, expectedShare }) => ({
        priority,
        alarms,
        share: figureOrNull(share),
        expected_share: expectedShare,
      })),
    };
  }
}
