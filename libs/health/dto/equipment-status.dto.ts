import { ApiProperty } from '@nestjs/swagger';
import { AnomalyDto } from '#anomaly';
import { WatchDto } from '#timeseries';
import { HEALTH_BANDS, type HealthBand, REACHED_LIMITS, type ReachedLimit } from '../equipment-score.js';
import { EQUIPMENT_STATUSES, type EquipmentStatus } from '../equipment-status.js';

export class LimitViolationDto {
  @ApiProperty({ example: 'XMEAS_07' })
  tag!: string;

  @ApiProperty({ example: 'Reactor pressure' })
  name!: string;

  @ApiProperty({
    enum: REACHED_LIMITS,
    example: 'H',
    description: 'The limit that was reached; it holds until the value is back inside by the deadband',
  })
  limit!: ReachedLimit;

  @ApiProperty({ example: 2895 })
  limit_value!: number;

  @ApiProperty({ example: 2901.4 })
  value!: number;

  @ApiProperty({ example: 'kPa gauge' })
  unit!: string;
}

export class EquipmentStatusDto {
  @ApiProperty({ example: 'REACTOR' })
  eq_id!: string;

  @ApiProperty({
    enum: EQUIPMENT_STATUSES,
    example: 'warning',
    description:
      'unwatched: it has no tags, they never sent anything, or they are sampled otherwise than models have learnt; unknown: no samples but bad ones for half an hour of plant time; stopped: the plant stands still; fault: a shutdown limit is reached, an anomaly is high or critical, or the score is poor; warning: anything less is the matter',
  })
  status!: EquipmentStatus;

  @ApiProperty({ type: String, nullable: true, example: 'Alarm limits reached: XMEAS_07 H' })
  reason!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '경보 한계 도달: XMEAS_07 H' })
  reason_ko!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-03-01T08:00:00.000Z',
    description: 'Plant time',
  })
  last_sample_at!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 76.6, description: 'Health score, see /health' })
  score!: number | null;

  @ApiProperty({ enum: HEALTH_BANDS, nullable: true, example: 'fair' })
  band!: HealthBand | null;

  @ApiProperty({ type: WatchDto, description: 'Whether it is watched at all; what is not has no score' })
  watch!: WatchDto;

  @ApiProperty({ type: [LimitViolationDto] })
  limit_violations!: LimitViolationDto[];

  @ApiProperty({ type: [AnomalyDto], description: 'The newest first, 50 at the most' })
  open_anomalies!: AnomalyDto[];
}
