import { DETECTOR_NAMES, type DetectorName } from '#ml';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsIn, IsOptional } from 'class-validator';
import { IsText } from '#platform';
import { SEVERITIES, type Severity } from '../anomaly.entity.js';
import { ContributionDto } from './anomaly.dto.js';

export class ScanWindowDto {
  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T00:00:00Z',
    description: 'Begin of the window, plant time',
  })
  @IsText(40)
  from!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-02T00:00:00Z',
    description: 'End of the window (exclusive), plant time, at most 5 days after from',
  })
  @IsText(40)
  to!: string;

  @ApiPropertyOptional({
    enum: DETECTOR_NAMES,
    isArray: true,
    description: 'All loaded detectors when left out',
  })
  @IsOptional()
  @ArrayNotEmpty()
  @ArrayMaxSize(DETECTOR_NAMES.length)
  @ArrayUnique()
  @IsIn(DETECTOR_NAMES, { each: true })
  detectors?: DetectorName[];
}

export class FoundAnomalyDto {
  @ApiProperty({ format: 'date-time', description: 'First sample beyond the limit, plant time' })
  started_at!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was certain enough to report, plant time' })
  detected_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Plant time; null when it lasts beyond the window',
  })
  ended_at!: string | null;

  @ApiProperty({ enum: SEVERITIES })
  severity!: Severity;

  @ApiProperty({ format: 'date-time', description: 'When the statistic was largest, plant time' })
  peak_at!: string;

  @ApiProperty({ example: 14.2 })
  peak_score!: number;

  @ApiProperty({ type: [ContributionDto] })
  contributions!: ContributionDto[];
}

export class DetectorScanDto {
  @ApiProperty({ enum: DETECTOR_NAMES, example: 'pca_t2' })
  detector!: DetectorName;

  @ApiProperty({ example: '1' })
  model_version!: string;

  @ApiProperty({ example: 41.3 })
  threshold!: number;

  @ApiProperty({
    type: [String],
    description: 'Plant time of the scored samples, as far as the detector was ready',
    example: ['2026-03-01T00:18:00.000Z'],
  })
  times!: string[];

  @ApiProperty({ type: [Number], description: 'Statistic at each of the times', example: [12.4] })
  statistics!: number[];

  @ApiProperty({ type: [FoundAnomalyDto] })
  anomalies!: FoundAnomalyDto[];
}

export class ScanDto {
  @ApiProperty({ format: 'date-time', description: 'Plant time' })
  from!: string;

  @ApiProperty({ format: 'date-time', description: 'Plant time' })
  to!: string;

  @ApiProperty({ type: 'integer', example: 480 })
  sample_count!: number;

  @ApiProperty({ type: [DetectorScanDto] })
  detectors!: DetectorScanDto[];
}
