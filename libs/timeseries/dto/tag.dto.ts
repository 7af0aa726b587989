import { ApiProperty } from '@nestjs/swagger';
import { ALARM_PRIORITIES, type AlarmPriority, type SensorTag } from '#equipment';

const LIMIT = { type: Number, nullable: true } as const;

export class TagLimitsDto {
  @ApiProperty({ ...LIMIT, example: null })
  ll!: number | null;

  @ApiProperty({ ...LIMIT, example: null })
  l!: number | null;

  @ApiProperty({ ...LIMIT, example: 2895 })
  h!: number | null;

  @ApiProperty({ ...LIMIT, example: 3000 })
  hh!: number | null;
}

export class TagDto {
  @ApiProperty({ example: 'XMEAS_07' })
  tag!: string;

  @ApiProperty({ example: 'Reactor pressure' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: '반응기 압력' })
  name_ko!: string | null;

  @ApiProperty({ example: 'REACTOR' })
  eq_id!: string;

  @ApiProperty({ example: 'kPa gauge' })
  unit!: string;

  @ApiProperty({ example: 'measurement', description: 'measurement, analyser or manipulated' })
  role!: string;

  @ApiProperty({
    type: 'integer',
    example: 180_000,
    description: 'Time between two new values, in milliseconds',
  })
  sampling_interval_ms!: number;

  @ApiProperty({ example: 0, description: 'Lower end of the instrument range' })
  range_low!: number;

  @ApiProperty({ example: 3000, description: 'Upper end of the instrument range' })
  range_high!: number;

  @ApiProperty({ type: TagLimitsDto, description: 'Alarm limits; null where there is none' })
  limits!: TagLimitsDto;

  @ApiProperty({
    example: 60,
    description: 'How far inside a limit a value must return before the alarm clears',
  })
  deadband!: number;

  @ApiProperty({
    type: 'integer',
    example: 0,
    description: 'How long a value must be beyond a limit before its alarm begins',
  })
  on_delay_ms!: number;

  @ApiProperty({
    type: 'integer',
    example: 0,
    description: 'How long a value must be back inside before its alarm ends',
  })
  off_delay_ms!: number;

  @ApiProperty({ enum: ALARM_PRIORITIES, example: 'medium', description: 'How urgent its alarms are' })
  priority!: AlarmPriority;

  static of(tag: SensorTag, eqId: string): TagDto {
    return {
      tag: tag.code,
      name: tag.name,
      name_ko: tag.nameKo,
      eq_id: eqId,
      unit: tag.unit,
      role: tag.role,
      sampling_interval_ms: tag.samplingIntervalMs,
      range_low: tag.rangeLow,
      range_high: tag.rangeHigh,
      limits: { ll: tag.limitLl, l: tag.limitL, h: tag.limitH, hh: tag.limitHh },
      deadband: tag.deadband,
      on_delay_ms: tag.onDelayMs,
      off_delay_ms: tag.offDelayMs,
      priority: tag.priority,
    };
  }
}
