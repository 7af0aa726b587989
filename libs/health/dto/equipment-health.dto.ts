import { DETECTOR_NAMES, type DetectorName } from '#ml';
import { WatchDto } from '#timeseries';
import { ApiProperty } from '@nestjs/swagger';
import {
  HEALTH_BANDS,
  HEALTH_REASONS,
  type HealthBand,
  type HealthReason,
  REACHED_LIMITS,
  type ReachedLimit,
} from '../equipment-score.js';

export class HealthDriverDto {
  @ApiProperty({
    enum: HEALTH_REASONS,
    example: 'deviation',
    description:
      'Detectors find the tag abnormal (deviation), its value has reached an alarm limit (limit), it has sent nothing for ' +
      'three of its sampling intervals (stale) or only values of bad quality (bad_quality), or it is sampled otherwise ' +
      'than they have learnt (sampling)',
  })
  reason!: HealthReason;

  @ApiProperty({ example: 'XMEAS_09' })
  tag!: string;

  @ApiProperty({ example: 'Reactor temperature' })
  name!: string;

  @ApiProperty({ example: 23.4, description: 'Points it takes from 100' })
  points!: number;

  @ApiProperty({ enum: DETECTOR_NAMES, nullable: true, example: 'pca_spe', description: 'Of a deviation' })
  detector!: DetectorName | null;

  @ApiProperty({ enum: REACHED_LIMITS, nullable: true, example: null, description: 'Of a limit' })
  limit!: ReachedLimit | null;

  @ApiProperty({ type: Number, nullable: true, example: null, description: 'Of a limit' })
  value!: number | null;
}

export class UnitHealthDto {
  @ApiProperty({ example: 'REACTOR' })
  eq_id!: string;

  @ApiProperty({ example: 'Reactor' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: '반응기' })
  name_ko!: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 76.6,
    description:
      '0 to 100: 100 in normal operation, about 50 when a detector is at its limit because of this unit, less the points of alarm limits and silent sensors; null when no sample was scored for half an hour of plant time, or it is not watched',
  })
  score!: number | null;

  @ApiProperty({
    enum: HEALTH_BANDS,
    nullable: true,
    example: 'fair',
    description: 'good from 80, poor below 50',
  })
  band!: HealthBand | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-03-01T08:00:00.000Z',
    description: 'Sample the score was made from, plant time',
  })
  at!: string | null;

  @ApiProperty({
    type: [HealthDriverDto],
    description: 'What takes half a point or more from 100, the most expensive first',
  })
  drivers!: HealthDriverDto[];

  @ApiProperty({ type: WatchDto, description: 'Whether it is watched at all; what is not has no score' })
  watch!: WatchDto;
}

export class HealthPointDto {
  @ApiProperty({ format: 'date-time', example: '2026-03-01T08:00:00.000Z', description: 'Plant time' })
  ts!: string;

  @ApiProperty({ example: 98.2, description: 'Mean over the stretch that begins here' })
  score!: number;

  @ApiProperty({ example: 96.1 })
  lowest!: number;
}

export class EquipmentHealthDto extends UnitHealthDto {
  @ApiProperty({ format: 'date-time', example: '2026-03-01T00:00:00.000Z', description: 'Plant time' })
  from!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T00:00:00.000Z', description: 'Plant time' })
  to!: string;

  @ApiProperty({
    type: 'integer',
    example: 180_000,
    description:
      'Length of the stretch a point stands for; scores older than 7 days of plant time are kept by the hour',
  })
  resolution_ms!: number;

  @ApiProperty({ type: [HealthPointDto], description: 'In order of time, 1000 at the most' })
  history!: HealthPointDto[];
}

export class PlantHealthDto {
  @ApiProperty({ type: Number, nullable: true, example: 76.6, description: 'The lowest of the units' })
  score!: number | null;

  @ApiProperty({ enum: HEALTH_BANDS, nullable: true, example: 'fair' })
  band!: HealthBand | null;

  @ApiProperty({ type: String, nullable: true, example: 'REACTOR' })
  worst_eq_id!: string | null;

  @ApiProperty({ type: [UnitHealthDto], description: 'Upstream first' })
  items!: UnitHealthDto[];
}
