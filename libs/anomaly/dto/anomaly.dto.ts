import { DETECTOR_NAMES, type DetectorName } from '#ml';
import { ApiProperty } from '@nestjs/swagger';
import { figure, isoTime, isoTimeOrNull, PageDto } from '#platform';
import {
  type Anomaly,
  ANOMALY_STATES,
  type AnomalyState,
  type Contribution,
  SEVERITIES,
  type Severity,
} from '../anomaly.entity.js';
import type { Acknowledgement } from '../acknowledgement.js';

export class ContributionDto {
  @ApiProperty({ example: 'XMEAS_21' })
  tag!: string;

  @ApiProperty({ example: 'Reactor cooling water outlet temperature' })
  name!: string;

  @ApiProperty({ example: 0.61, description: 'Share of all contributions, 0 to 1' })
  share!: number;

  static of({ tag, share }: Contribution, names: AnomalyNames): ContributionDto {
    return { tag, name: names.tagName(tag), share: figure(share) };
  }
}

export class AcknowledgementDto {
  @ApiProperty({
    format: 'date-time',
    example: '2026-02-28T21:10:40.000Z',
    description: 'When, in wall time',
  })
  at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-03-01T08:20:00.000Z',
    description: 'When, in plant time; null of one from before this was noted',
  })
  plant_at!: string | null;

  @ApiProperty({ example: 'shift-lead' })
  by!: string;

  @ApiProperty({ example: 'Cooling water pump B switched on' })
  comment!: string;

  /** null of what nobody has acknowledged. */
  static ofRow(row: Acknowledgement): AcknowledgementDto | null {
    const { acknowledgedAt, acknowledgedPlantAt, acknowledgedBy, comment } = row;
    if (acknowledgedAt === null) return null;
    return {
      at: isoTime(acknowledgedAt),
      plant_at: isoTimeOrNull(acknowledgedPlantAt),
      by: acknowledgedBy ?? '',
      comment: comment ?? '',
    };
  }
}

/** Names the wire needs besides the row. */
export interface AnomalyNames {
  eqId(equipmentId: number): string | null;
  tagName(code: string): string;
}

export class AnomalyDto {
  @ApiProperty({ type: 'integer', example: 17 })
  anomaly_id!: number;

  @ApiProperty({ enum: DETECTOR_NAMES, example: 'innovation_bank' })
  detector!: DetectorName;

  @ApiProperty({ example: '1', description: 'Version of the detector' })
  model_version!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'REACTOR',
    description: 'Equipment of the tag that contributes most',
  })
  eq_id!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 3 })
  lot_id!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 4,
    description: 'The event it is a part of; null when the primary detector shows none',
  })
  incident_id!: number | null;

  @ApiProperty({ enum: ANOMALY_STATES, example: 'closed' })
  state!: AnomalyState;

  @ApiProperty({ enum: SEVERITIES, example: 'high' })
  severity!: Severity;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T08:00:00.000Z',
    description: 'First sample beyond the limit, plant time',
  })
  started_at!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T08:15:00.000Z',
    description: 'When it was certain enough to report, plant time',
  })
  detected_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-03-01T09:30:00.000Z',
    description: 'First sample within the limit again, plant time; null while it lasts',
  })
  ended_at!: string | null;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T08:42:00.000Z',
    description: 'When the statistic was largest, plant time',
  })
  peak_at!: string;

  @ApiProperty({ example: 14.2, description: 'Largest statistic seen' })
  peak_score!: number;

  @ApiProperty({ example: 1.9, description: "The detector's limit" })
  threshold!: number;

  @ApiProperty({ type: 'integer', example: 30 })
  sample_count!: number;

  @ApiProperty({ type: [ContributionDto], description: 'The largest first' })
  contributions!: ContributionDto[];

  @ApiProperty({ type: AcknowledgementDto, nullable: true })
  acknowledged!: AcknowledgementDto | null;

  static of(anomaly: Anomaly, names: AnomalyNames): AnomalyDto {
    return {
      anomaly_id: anomaly.id,
      detector: anomaly.detector,
      model_version: anomaly.modelVersion,
      eq_id: anomaly.equipmentId === null ? null : names.eqId(anomaly.equipmentId),
      lot_id: anomaly.lotId,
      incident_id: anomaly.incidentId,
      state: anomaly.state,
      severity: anomaly.severity,
      started_at: isoTime(anomaly.startedAt),
      detected_at: isoTime(anomaly.detectedAt),
      ended_at: isoTimeOrNull(anomaly.endedAt),
      peak_at: isoTime(anomaly.peakAt),
      peak_score: figure(anomaly.peakScore),
      threshold: figure(anomaly.threshold),
      sample_count: anomaly.sampleCount,
      contributions: anomaly.contributions.map((each) => ContributionDto.of(each, names)),
      acknowledged: AcknowledgementDto.ofRow(anomaly),
    };
  }
}

export class AnomalyPageDto extends PageDto(AnomalyDto) {}
