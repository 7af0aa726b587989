import { INCIDENT_TRIGGERS, type IncidentTrigger } from '#ml';
import { ApiProperty } from '@nestjs/swagger';
import {
  AcknowledgementDto,
  ANOMALY_STATES,
  AnomalyDto,
  type AnomalyNames,
  type AnomalyState,
  ContributionDto,
  SEVERITIES,
  type Severity,
} from '#anomaly';
import { figure, figureOrNull, isoTime, isoTimeOrNull, PageDto } from '#platform';
import { DISTURBANCES } from '#tep';
import type { Diagnosis, DiagnosedCause } from '../incident-diagnosis.repository.js';
import type { DiagnosedIncident } from '../diagnosed-incident.js';

const CAUSE_CLASSES = ['disturbance', 'unknown'] as const;
const UNKNOWN = { title: 'Unknown disturbance', titleKo: '알 수 없는 이상' };

export class IncidentCauseDto {
  @ApiProperty({ enum: CAUSE_CLASSES, example: 'disturbance' })
  class!: (typeof CAUSE_CLASSES)[number];

  @ApiProperty({ type: 'integer', nullable: true, example: 6, description: 'Number of the disturbance' })
  idv!: number | null;

  @ApiProperty({ example: 'A feed loss (stream 1)' })
  title!: string;

  @ApiProperty({ example: 'A 공급 상실 (스트림 1)' })
  title_ko!: string;

  @ApiProperty({ example: 0.994, minimum: 0, maximum: 1 })
  probability!: number;

  static of({ idv, probability }: DiagnosedCause): IncidentCauseDto {
    const known = DISTURBANCES.find((each) => each.idv === idv);
    return {
      class: known ? 'disturbance' : 'unknown',
      idv,
      title: known?.title ?? UNKNOWN.title,
      title_ko: known?.titleKo ?? UNKNOWN.titleKo,
      probability: figure(probability),
    };
  }
}

/** What the incident is most probably, and what to do about it. */
export class IncidentDiagnosisDto extends IncidentCauseDto {
  @ApiProperty({ format: 'date-time', description: 'Last sample the models saw, plant time' })
  at!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was made, wall time' })
  made_at!: string;

  @ApiProperty({ example: 'diagnosis_lstm 1', description: 'Network and version' })
  model!: string;

  @ApiProperty({ type: String, nullable: true, example: 'FEED', description: 'Where the cause sits' })
  eq_id!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'What happens in the plant' })
  cause!: string | null;

  @ApiProperty({ type: String, nullable: true })
  cause_ko!: string | null;

  @ApiProperty({
    example: 'Check the supply of A: pressure before the feed valve, shut-off valves and pump.',
  })
  look_at!: string;

  @ApiProperty({ example: 'A 원료 공급을 즉시 확인하십시오.' })
  look_at_ko!: string;

  @ApiProperty({
    type: [String],
    example: ['XMEAS_01', 'XMV_03'],
    description: 'Tags which this cause moves first or most',
  })
  expected_tags!: readonly string[];

  static ofDiagnosis({ at, madeAt, model, causes }: Diagnosis): IncidentDiagnosisDto | null {
    const likeliest = causes.at(0);
    if (likeliest === undefined) return null;
    const known = DISTURBANCES.find(({ idv }) => idv === likeliest.idv);
    return {
      ...IncidentCauseDto.of(likeliest),
      at: isoTime(at),
      made_at: isoTime(madeAt ?? at),
      model: model ?? '',
      eq_id: known?.equipmentCode ?? null,
      cause: known?.cause ?? null,
      cause_ko: known?.causeKo ?? null,
      look_at: known?.lookAt ?? 'None of the known disturbances: begin with the tags that moved first.',
      look_at_ko: known?.lookAtKo ?? '알려진 외란이 아닙니다. 가장 먼저 움직인 태그부터 확인하십시오.',
      expected_tags: known?.expectedTags ?? [],
    };
  }
}

/** One diagnosis among those made while the incident went on. */
export class DiagnosisStepDto {
  @ApiProperty({ format: 'date-time', description: 'Last sample the models saw, plant time' })
  at!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was made, wall time' })
  made_at!: string;

  @ApiProperty({ type: Number, nullable: true, example: 0.998, description: 'That there is any fault' })
  fault_probability!: number | null;

  @ApiProperty({ type: [IncidentCauseDto], description: 'The most probable first' })
  causes!: IncidentCauseDto[];

  @ApiProperty({ type: [ContributionDto], description: 'What the network looked at most' })
  important_tags!: ContributionDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Code of why it could not be made',
  })
  refused!: string | null;

  static of(diagnosis: Diagnosis, names: AnomalyNames): DiagnosisStepDto {
    const { at, madeAt, faultProbability, causes, importantTags, refusal } = diagnosis;
    return {
      at: isoTime(at),
      made_at: isoTime(madeAt ?? at),
      fault_probability: figureOrNull(faultProbability),
      causes: causes.map((cause) => IncidentCauseDto.of(cause)),
      important_tags: importantTags.map((each) => ContributionDto.of(each, names)),
      refused: refusal,
    };
  }
}

export class IncidentDto {
  @ApiProperty({ type: 'integer', example: 4 })
  incident_id!: number;

  @ApiProperty({ enum: ANOMALY_STATES, example: 'open' })
  state!: AnomalyState;

  @ApiProperty({ enum: SEVERITIES, example: 'high' })
  severity!: Severity;

  @ApiProperty({
    enum: INCIDENT_TRIGGERS,
    description: 'The primary detector, a shutdown limit, or a plant that stands still',
  })
  opened_by!: IncidentTrigger;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'FEED',
    description: 'Equipment of the tag that moved first',
  })
  eq_id!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 3 })
  lot_id!: number | null;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T08:00:00.000Z',
    description: 'First sample that shows it, plant time',
  })
  started_at!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T08:15:00.000Z',
    description: 'When it was certain, plant time',
  })
  detected_at!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T12:30:00.000Z',
    description: 'Last sample that shows it, plant time',
  })
  last_sign_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'As last_sign_at, plant time, once nothing has shown it for two hours',
  })
  ended_at!: string | null;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T09:42:00.000Z',
    description: 'When the statistic was largest, plant time',
  })
  peak_at!: string;

  @ApiProperty({ example: 24.1, description: 'Largest statistic of the primary detector over its limit' })
  peak_ratio!: number;

  @ApiProperty({ type: [ContributionDto], description: 'Tags that moved first, the loudest first' })
  first_tags!: ContributionDto[];

  @ApiProperty({ type: 'integer', example: 6 })
  anomaly_count!: number;

  @ApiProperty({
    type: IncidentDiagnosisDto,
    nullable: true,
    description: 'The newest; null until there is one',
  })
  diagnosis!: IncidentDiagnosisDto | null;

  @ApiProperty({ type: AcknowledgementDto, nullable: true })
  acknowledged!: AcknowledgementDto | null;

  static of({ incident, diagnosis, anomalyCount }: DiagnosedIncident, names: AnomalyNames): IncidentDto {
    return {
      incident_id: incident.id,
      state: incident.state,
      severity: incident.severity,
      opened_by: incident.openedBy,
      eq_id: incident.equipmentId === null ? null : names.eqId(incident.equipmentId),
      lot_id: incident.lotId,
      started_at: isoTime(incident.startedAt),
      detected_at: isoTime(incident.detectedAt),
      last_sign_at: isoTime(incident.lastSignAt),
      ended_at: isoTimeOrNull(incident.endedAt),
      peak_at: isoTime(incident.peakAt),
      peak_ratio: figure(incident.peakRatio),
      first_tags: incident.firstTags.map((each) => ContributionDto.of(each, names)),
      anomaly_count: anomalyCount,
      diagnosis: diagnosis && IncidentDiagnosisDto.ofDiagnosis(diagnosis),
      acknowledged: AcknowledgementDto.ofRow(incident),
    };
  }
}

export class IncidentDetailDto extends IncidentDto {
  @ApiProperty({ type: [DiagnosisStepDto], description: 'In order of time: how the diagnosis has changed' })
  diagnoses!: DiagnosisStepDto[];

  @ApiProperty({ type: [AnomalyDto], description: 'Its anomalies, the newest first; 200 at the most' })
  anomalies!: AnomalyDto[];

  static ofAll(
    diagnosed: DiagnosedIncident,
    made: readonly Diagnosis[],
    anomalies: AnomalyDto[],
    names: AnomalyNames,
  ): IncidentDetailDto {
    return {
      ...IncidentDto.of(diagnosed, names),
      diagnoses: made.map((each) => DiagnosisStepDto.of(each, names)),
      anomalies,
    };
  }
}

export class IncidentPageDto extends PageDto(IncidentDto) {}
