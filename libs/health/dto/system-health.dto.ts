import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { HealthReading } from '#platform';

const STATUSES = ['up', 'degraded', 'down'] as const;

/** What every part says of itself; the details are missing where it could not be asked. */
class PartHealthDto {
  @ApiProperty({ enum: STATUSES, example: 'up' })
  status!: HealthReading['status'];

  @ApiPropertyOptional({ example: 'DATABASE_UNAVAILABLE', description: 'Why it is not up' })
  reason?: string;
}

class DatabaseHealthDto extends PartHealthDto {
  @ApiPropertyOptional({ type: 'integer', example: 1 })
  latency_ms?: number;
}

class QueueHealthDto extends PartHealthDto {
  @ApiPropertyOptional({ enum: ['pglite', 'redis'] })
  transport?: string;

  @ApiPropertyOptional({ type: 'integer', example: 12 })
  latency_ms?: number;
}

class ProcessHealthDto {
  @ApiProperty({ format: 'uuid' })
  process_id!: string;

  @ApiProperty({ example: 'standalone' })
  role!: string;

  @ApiProperty({ example: 'plant-1' })
  host!: string;

  @ApiProperty({ type: 'integer', example: 1_200 })
  heartbeat_age_ms!: number;
}

class WorkersHealthDto extends PartHealthDto {
  @ApiPropertyOptional({ type: 'integer', example: 1 })
  alive?: number;

  @ApiPropertyOptional({ type: [ProcessHealthDto] })
  processes?: ProcessHealthDto[];
}

class PlantPartHealthDto extends PartHealthDto {
  @ApiPropertyOptional({ example: 'external', description: 'Only where samples come from outside' })
  source?: string;

  @ApiPropertyOptional({ example: 'running' })
  state?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Plant time' })
  time?: string;

  @ApiPropertyOptional({ example: 60 })
  speed?: number;

  @ApiPropertyOptional({ type: 'integer', example: 2 })
  reported_seconds_ago?: number;

  @ApiPropertyOptional({ type: 'integer', example: 10 })
  late_after_seconds?: number;

  @ApiPropertyOptional({ type: 'integer', example: 30 })
  dead_after_seconds?: number;
}

/** Work that one process does for all. */
class LeasedWorkHealthDto extends PartHealthDto {
  @ApiPropertyOptional({ type: String, nullable: true, description: 'The process that does it' })
  holder?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when, wall time',
  })
  held_since?: string | null;

  @ApiPropertyOptional({ type: 'integer', example: 1_800_000, description: 'A larger lag is degraded' })
  behind_after_ms?: number;
}

class ScorerHealthDto extends LeasedWorkHealthDto {
  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    example: 137_624,
    description:
      'In plant time; a larger one than the bound is not degraded yet while all it is behind was written in the last 30 s',
  })
  lag_ms?: number | null;
}

class AlarmsHealthDto extends LeasedWorkHealthDto {
  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    example: 0,
    description: 'How long the oldest stored sample has waited to be judged, in wall time',
  })
  lag_ms?: number | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Samples up to this plant time are judged',
  })
  judged_to?: string | null;
}

class WatchHealthDto extends PartHealthDto {
  @ApiPropertyOptional({
    enum: ['watched', 'unwatched'],
    example: 'watched',
    description: 'Whether detectors can judge the samples as they come; `reason` says why not',
  })
  detectors?: string;

  @ApiPropertyOptional({
    type: 'integer',
    example: 300_000,
    description: 'Only where that is why they cannot',
  })
  sampled_every_ms?: number;

  @ApiPropertyOptional({ type: 'integer', example: 180_000 })
  learnt_every_ms?: number;
}

const ACTIVE = {
  type: 'object',
  additionalProperties: { type: 'string' },
  example: { innovation_bank: '1' },
  description: 'The version in use by model',
} as const;

class DetectorsHealthDto extends PartHealthDto {
  @ApiPropertyOptional(ACTIVE)
  active?: Record<string, string>;
}

class UnreadableModelDto {
  @ApiProperty({ example: 'forecast_lstm' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: '2' })
  version!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'card.json', description: 'The file at fault' })
  file!: string | null;

  @ApiProperty({ example: 'is not JSON' })
  reason!: string;
}

class ModelsHealthDto extends DetectorsHealthDto {
  @ApiPropertyOptional({ type: [String], description: 'Kinds of models of which none can be used' })
  missing?: string[];

  @ApiPropertyOptional({ type: [UnreadableModelDto], description: 'Versions whose cards cannot be read' })
  unreadable?: UnreadableModelDto[];
}

class HealthChecksDto {
  @ApiProperty({ type: DatabaseHealthDto })
  database!: DatabaseHealthDto;

  @ApiProperty({ type: QueueHealthDto })
  queue!: QueueHealthDto;

  @ApiProperty({ type: WorkersHealthDto })
  workers!: WorkersHealthDto;

  @ApiPropertyOptional({ type: PlantPartHealthDto })
  plant?: PlantPartHealthDto;

  @ApiPropertyOptional({ type: ScorerHealthDto })
  scorer?: ScorerHealthDto;

  @ApiPropertyOptional({ type: AlarmsHealthDto })
  alarms?: AlarmsHealthDto;

  @ApiPropertyOptional({ type: WatchHealthDto })
  watch?: WatchHealthDto;

  @ApiPropertyOptional({ type: DetectorsHealthDto })
  detectors?: DetectorsHealthDto;

  @ApiPropertyOptional({ type: ModelsHealthDto })
  models?: ModelsHealthDto;
}

export class SystemHealthDto {
  @ApiProperty({ enum: STATUSES, example: 'up' })
  status!: HealthReading['status'];

  @ApiProperty({ type: HealthChecksDto, description: 'Every part that this process knows of' })
  checks!: Record<string, HealthReading>;
}

export class LivenessDto {
  @ApiProperty({ example: 'up' })
  status!: 'up';
}
