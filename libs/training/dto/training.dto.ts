import { ApiProperty } from '@nestjs/swagger';
import { API_PREFIX, isoTime, JobDto, jobDto, PageDto } from '#platform';
import { ModelGateDto } from '#prediction';
import {
  type LeftOut,
  type ModelTraining,
  TRAINING_PHASES,
  TRAINING_SOURCES,
  type TrainingPhase,
  type TrainingResult,
  type TrainingSource,
} from '../training.entity.js';

class TrainedWindowDto {
  @ApiProperty({ format: 'date-time', example: '2026-03-01T00:00:00.000Z', description: 'Plant time' })
  from!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-21T00:00:00.000Z',
    description: 'Plant time, not part of the window',
  })
  to!: string;
}

class TrainingSamplesDto {
  @ApiProperty({ type: 'integer', example: 3820, description: 'The model is fitted on these' })
  training!: number;

  @ApiProperty({ type: 'integer', example: 4410, description: 'Its limit is set on these' })
  calibration!: number;

  @ApiProperty({ type: 'integer', example: 1300, description: 'Its gates are judged on these' })
  test!: number;
}

class LeftOutDto implements LeftOut {
  @ApiProperty({ type: 'integer', example: 1, description: 'Anomalies that reach into the windows' })
  anomalies!: number;

  @ApiProperty({ example: 3.5, description: 'Hours they took, an hour before and after each included' })
  anomalous_hours!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Times at which the samples stop' })
  gaps!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Samples left out because tags are missing' })
  incomplete_samples!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Samples left out because nothing changes' })
  frozen_samples!: number;

  @ApiProperty({
    type: 'integer',
    example: 0,
    description: 'Missing values that the last one of the tag stands in for',
  })
  held_values!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Samples of stretches shorter than twelve hours' })
  short_stretch_samples!: number;
}

class TrainingResultDto {
  @ApiProperty({ example: '2', description: 'The new version' })
  version!: string;

  @ApiProperty({ example: `${API_PREFIX}/models/innovation_bank/2/card` })
  card_url!: string;

  @ApiProperty({ type: [ModelGateDto] })
  gates!: TrainingResult['gates'];

  @ApiProperty({ example: true, description: 'Only then it may be used' })
  gates_passed!: boolean;

  @ApiProperty({ example: true, description: 'Whether it was put into use' })
  activated!: boolean;

  @ApiProperty({
    type: TrainingSamplesDto,
    nullable: true,
    description: 'Of history, by what they served for',
  })
  samples!: TrainingSamplesDto | null;

  @ApiProperty({ type: LeftOutDto, nullable: true, description: 'What of the windows was not used' })
  left_out!: LeftOutDto | null;

  static of(modelName: string, { version, gates, gatesPassed, activated, samples, leftOut }: TrainingResult) {
    return {
      version,
      card_url: `${API_PREFIX}/models/${modelName}/${version}/card`,
      gates,
      gates_passed: gatesPassed,
      activated,
      samples,
      left_out: leftOut,
    };
  }
}

/** A training of a model, as far as it is. */
export class TrainingDto extends JobDto {
  @ApiProperty({ example: 'innovation_bank' })
  model!: string;

  @ApiProperty({ enum: TRAINING_SOURCES, example: 'history' })
  source!: TrainingSource;

  @ApiProperty({ type: 'integer', isArray: true, example: [3, 4, 5] })
  lot_ids!: number[];

  @ApiProperty({ type: [TrainedWindowDto], description: 'Windows of the lots and those given, joined' })
  windows!: TrainedWindowDto[];

  @ApiProperty({ example: false })
  keep_anomalous!: boolean;

  @ApiProperty({ type: 'integer', example: 1 })
  seed!: number;

  @ApiProperty({ example: false })
  quick!: boolean;

  @ApiProperty({ example: true })
  activate!: boolean;

  @ApiProperty({ enum: TRAINING_PHASES, example: 'fitting', description: 'What it is doing' })
  phase!: TrainingPhase;

  @ApiProperty({ type: TrainingResultDto, nullable: true, description: 'Once it is completed' })
  result!: TrainingResultDto | null;

  static of(training: ModelTraining): TrainingDto {
    const { modelName, source, history, seed, quick, activate, phase, result } = training;
    return {
      ...jobDto(training),
      model: modelName,
      source,
      lot_ids: history?.lotIds ?? [],
      windows: (history?.windows ?? []).map(({ from, to }) => ({ from: isoTime(from), to: isoTime(to) })),
      keep_anomalous: history?.keepAnomalous ?? false,
      seed,
      quick: Boolean(quick),
      activate: Boolean(activate),
      phase,
      result: result && TrainingResultDto.of(modelName, result),
    };
  }
}

export class TrainingPageDto extends PageDto(TrainingDto) {}
