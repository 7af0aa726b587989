import type { PlantPrediction } from '#ml';
import { ApiProperty } from '@nestjs/swagger';
import { figure, figureOrNull, isoTime, JobDto, jobDto, PageDto } from '#platform';
import type { Prediction } from '../prediction.entity.js';
import type { ListedPrediction } from '../prediction.repository.js';

class ModelReferenceDto {
  @ApiProperty({ example: 'forecast' })
  name!: string;

  @ApiProperty({ example: '1' })
  version!: string;
}

class PredictionModelsDto {
  @ApiProperty({ type: ModelReferenceDto })
  detector!: ModelReferenceDto;

  @ApiProperty({ type: ModelReferenceDto })
  diagnosis!: ModelReferenceDto;

  @ApiProperty({ type: ModelReferenceDto })
  forecast!: ModelReferenceDto;
}

class PredictionDetectorDto {
  @ApiProperty({ example: 0.82 })
  statistic!: number;

  @ApiProperty({ example: 1.9 })
  limit!: number;

  @ApiProperty({ example: false })
  alarm!: boolean;
}

class FaultClassDto {
  @ApiProperty({ enum: ['normal', 'unknown', 'disturbance'], example: 'disturbance' })
  class!: 'normal' | 'unknown' | 'disturbance';

  @ApiProperty({ type: 'integer', nullable: true, example: 4, description: 'Number of the disturbance' })
  idv!: number | null;

  @ApiProperty({ example: 'Reactor cooling water inlet temperature, step' })
  title!: string;

  @ApiProperty({ example: '반응기 냉각수 입구 온도 스텝 변화' })
  title_ko!: string;

  @ApiProperty({ example: 0.93, minimum: 0, maximum: 1 })
  probability!: number;

  @ApiProperty({ type: String, nullable: true })
  cause!: string | null;

  @ApiProperty({ type: String, nullable: true })
  cause_ko!: string | null;

  @ApiProperty({
    type: [String],
    example: ['XMEAS_21', 'XMV_10'],
    description: 'Tags which this disturbance moves first',
  })
  expected_tags!: readonly string[];
}

class ForecastStepDto {
  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T08:03:00.000Z',
    description: 'Plant time it is forecast for',
  })
  at!: string;

  @ApiProperty({ example: 120.4 })
  value!: number;

  @ApiProperty({ example: 120.37, description: 'Lower end of the 90 % interval' })
  low!: number;

  @ApiProperty({ example: 120.43 })
  high!: number;
}

class TagForecastDto {
  @ApiProperty({ example: 'XMEAS_09' })
  tag!: string;

  @ApiProperty({ example: '°C' })
  unit!: string;

  @ApiProperty({ example: 0.002, description: 'Probability of crossing an alarm limit within the horizon' })
  crossing_probability!: number;

  @ApiProperty({ type: [ForecastStepDto] })
  steps!: readonly ForecastStepDto[];
}

class TagImportanceDto {
  @ApiProperty({ example: 'XMEAS_21' })
  tag!: string;

  @ApiProperty({ example: 4.1, description: 'Signed part of the explained difference in log-odds' })
  attribution!: number;

  @ApiProperty({ example: 0.38 })
  share!: number;
}

class ImportanceDto {
  @ApiProperty({ enum: ['integrated_gradients'] })
  method!: 'integrated_gradients';

  @ApiProperty({ example: 'IDV 4' })
  explains!: string;

  @ApiProperty({ example: 0.004, description: 'Share of the difference which the attributions miss' })
  completeness_gap!: number;

  @ApiProperty({ type: [TagImportanceDto], description: 'Most important first' })
  tags!: readonly TagImportanceDto[];
}

/** What the models say; the wire form of the predictor's answer. */
export class PredictionResultDto implements PlantPrediction {
  @ApiProperty({ format: 'date-time', description: 'Last sample the models saw, plant time' })
  at!: string;

  @ApiProperty({ type: 'integer', example: 240, description: 'Samples the models looked back on' })
  context_rows!: number;

  @ApiProperty({ type: PredictionModelsDto })
  models!: PredictionModelsDto;

  @ApiProperty({ type: PredictionDetectorDto })
  detector!: PredictionDetectorDto;

  @ApiProperty({ example: 0.97, minimum: 0, maximum: 1 })
  fault_probability!: number;

  @ApiProperty({ type: [FaultClassDto], description: 'Most probable first; they add up to 1' })
  fault_classes!: readonly FaultClassDto[];

  @ApiProperty({ type: [TagForecastDto] })
  forecast!: readonly TagForecastDto[];

  @ApiProperty({ type: ImportanceDto })
  feature_importance!: ImportanceDto;

  static of(prediction: PlantPrediction): PredictionResultDto {
    const { detector, fault_classes, forecast, feature_importance } = prediction;
    return {
      ...prediction,
      detector: { ...detector, statistic: figure(detector.statistic), limit: figure(detector.limit) },
      fault_probability: figure(prediction.fault_probability),
      fault_classes: fault_classes.map((each) => ({ ...each, probability: figure(each.probability) })),
      forecast: forecast.map((each) => ({
        ...each,
        crossing_probability: figure(each.crossing_probability),
        steps: each.steps.map(({ at, value, low, high }) => ({
          at,
          value: figure(value),
          low: figure(low),
          high: figure(high),
        })),
      })),
      feature_importance: {
        ...feature_importance,
        completeness_gap: figure(feature_importance.completeness_gap),
        tags: feature_importance.tags.map(({ tag, attribution, share }) => ({
          tag,
          attribution: figure(attribution),
          share: figure(share),
        })),
      },
    };
  }
}

/** A prediction in a list: everything but the result. */
export class ListedPredictionDto extends JobDto {
  @ApiProperty({ type: String, nullable: true, example: 'REACTOR' })
  eq_id!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  lot_id!: number | null;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T08:00:00.000Z',
    description: 'Plant time it predicts from',
  })
  at!: string;

  @ApiProperty({ type: 'integer', example: 20 })
  horizon_steps!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'The model asked for; null: those in use',
  })
  model!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 0.97 })
  fault_probability!: number | null;

  static ofRow(row: ListedPrediction, eqId: string | null): ListedPredictionDto {
    return {
      ...jobDto(row),
      eq_id: eqId,
      lot_id: row.lotId,
      at: isoTime(row.at),
      horizon_steps: row.horizonSteps,
      model: row.modelName === null ? null : `${row.modelName}@${row.modelVersion}`,
      fault_probability: figureOrNull(row.faultProbability),
    };
  }
}

export class PredictionDto extends ListedPredictionDto {
  @ApiProperty({ type: PredictionResultDto, nullable: true, description: 'Once it is completed' })
  result!: PredictionResultDto | null;

  static of(prediction: Prediction, eqId: string | null): PredictionDto {
    return {
      ...ListedPredictionDto.ofRow(prediction, eqId),
      result: prediction.result && PredictionResultDto.of(prediction.result),
    };
  }
}

export class PredictionPageDto extends PageDto(ListedPredictionDto) {}
