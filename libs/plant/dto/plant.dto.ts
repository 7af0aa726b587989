import { ApiProperty } from '@nestjs/swagger';
import { SHUTDOWN_LIMITS, type ShutdownCause } from '#tep';

const PLANT_RUN_STATES = ['starting', 'running', 'paused', 'shutdown', 'external'] as const;
export type PlantRunState = (typeof PLANT_RUN_STATES)[number];

export class ActiveDisturbanceDto {
  @ApiProperty({ type: 'integer', example: 4, minimum: 1, maximum: 21 })
  idv!: number;

  @ApiProperty({ example: 'Reactor cooling-water inlet temperature' })
  title!: string;

  @ApiProperty({ example: '반응기 냉각수 입구 온도' })
  title_ko!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-01T08:00:00.000Z', description: 'Plant time' })
  since!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'Plant time at which it ends by itself; null when it has to be removed',
  })
  until!: string | null;
}

export class PlantShutdownDto {
  @ApiProperty({ enum: Object.keys(SHUTDOWN_LIMITS), example: 'stripper-level-low' })
  cause!: ShutdownCause;

  @ApiProperty({ example: 'stripper liquid volume below 1 m³', description: 'The limit that was violated' })
  description!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-01T15:12:40.000Z', description: 'Plant time' })
  at!: string;
}

export class PlantHolderDto {
  @ApiProperty({ format: 'uuid', example: '8f14e45f-ceea-467f-a7d2-1f4a0c6c0b54' })
  process_id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'worker' })
  role!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'worker-1' })
  host!: string | null;
}

export class PlantDto {
  @ApiProperty({
    enum: ['simulator', 'external'],
    example: 'simulator',
    description:
      'Where samples come from: the simulated plant inside, or a real one through POST /timeseries',
  })
  source!: 'simulator' | 'external';

  @ApiProperty({
    enum: PLANT_RUN_STATES,
    example: 'running',
    description:
      'starting while the history before the first start is made; shutdown when a limit tripped the plant and its values are frozen',
  })
  state!: PlantRunState;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T08:12:30.500Z',
    description: '"Now" of the plant: plant time',
  })
  time!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-02-28T20:00:12.508Z',
    description: 'Wall time at the same moment',
  })
  wall_time!: string;

  @ApiProperty({
    example: 'Asia/Seoul',
    description: 'Whose days and clocks are meant where a request names no zone (PLANT_TIME_ZONE)',
  })
  time_zone!: string;

  @ApiProperty({ example: 60, description: 'Plant seconds a wall second, as wanted' })
  speed!: number;

  @ApiProperty({
    example: 60,
    description: 'As reached: less than speed where the machine cannot follow, 0 while paused',
  })
  actual_speed!: number;

  @ApiProperty({ example: false })
  paused!: boolean;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 72,
    description:
      'Plant seconds between now and the newest sample of the plant; up to 180 and a tick while it runs',
  })
  lag_seconds!: number | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-02-28T20:00:11.900Z',
    description: 'Wall time at which the process that keeps the plant last reported',
  })
  reported_at!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 1_431_655_765,
    description: 'Seed of the first 24 plant hours, from which the later ones follow',
  })
  seed!: number | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-02-27T20:03:00.000Z',
    description: 'Plant time',
  })
  first_sample_at!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-03-01T08:12:00.000Z',
    description: 'Plant time',
  })
  last_sample_at!: string | null;

  @ApiProperty({
    type: 'integer',
    example: 38_160,
    description: 'Samples the plant has written since the series began',
  })
  samples_written!: number;

  @ApiProperty({ type: [ActiveDisturbanceDto], description: 'The disturbances that are on, oldest first' })
  disturbances!: ActiveDisturbanceDto[];

  @ApiProperty({ type: PlantShutdownDto, nullable: true, example: null })
  shutdown!: PlantShutdownDto | null;

  @ApiProperty({
    type: PlantHolderDto,
    nullable: true,
    description: 'The process that keeps the plant; null while none does',
  })
  holder!: PlantHolderDto | null;
}
