import {
  EVALUATED_SETS,
  type EvaluatedSetKind,
  type ModelCard,
  type ModelListing,
  type StoredEvaluation,
} from '#ml';
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { JSON_OBJECT } from '#platform';
import { Matches } from 'class-validator';

/** A figure a version has to reach. */
export class ModelGateDto {
  @ApiProperty({ example: 'false_alarm_rate' })
  figure!: string;

  @ApiProperty({ example: 0.0004 })
  value!: number;

  @ApiProperty({ example: 0.005 })
  bound!: number;

  @ApiProperty({ enum: ['min', 'max'], description: 'The value must be at least, or at most, the bound' })
  direction!: 'min' | 'max';

  @ApiProperty({ example: true })
  passed!: boolean;
}

class ModelFileDto {
  @ApiProperty({ example: 'd5434f33cfd69d0a8984e5b62c345d2f97afc0ab264f25321d74c2e6497b4c73' })
  sha256!: string;

  @ApiProperty({ type: 'integer', example: 195_520 })
  bytes!: number;
}

/** The figures that cards of detectors have; those of other kinds have others beside `measured_on`. */
const QUALITY = {
  ...JSON_OBJECT,
  properties: {
    measured_on: { type: 'string', example: '10 normal and 60 faulty runs that served nothing else' },
    false_alarm_rate: { type: 'number', example: 0.0001 },
    detection_rate: { type: 'number', example: 0.981 },
    detection_rate_by_fault: { type: 'object', additionalProperties: { type: 'number' } },
    shift_detection: { type: 'number', example: 0.98 },
  },
} as const;

/** The card of a model version: what a person needs to know before trusting it. */
@ApiExtraModels(ModelFileDto)
class ModelCardDto {
  @ApiProperty({ example: 'forecast' })
  name!: string;

  @ApiProperty({ example: '1' })
  version!: string;

  @ApiProperty({ enum: ['detector', 'diagnosis', 'forecast'] })
  kind!: ModelCard['kind'];

  @ApiProperty({ format: 'date-time', description: 'When it was trained, wall time' })
  created_at!: string;

  @ApiProperty({
    ...JSON_OBJECT,
    properties: { source: { type: 'string' } },
    description: 'What it learnt from',
  })
  data!: ModelCard['data'];

  @ApiProperty({
    type: 'integer',
    example: 1,
    description: 'Everything random about the training follows from it',
  })
  seed!: number;

  @ApiProperty({ type: String, nullable: true, description: 'Commit that trained it' })
  git!: string | null;

  @ApiProperty({ ...JSON_OBJECT, description: 'How it was trained' })
  training!: ModelCard['training'];

  @ApiProperty({ type: [ModelGateDto], description: 'It is used only when all are passed' })
  gates!: ModelCard['gates'];

  @ApiProperty({ ...QUALITY, description: 'Measured figures' })
  quality!: ModelCard['quality'];

  @ApiProperty({ type: [String], description: 'What it cannot do' })
  limits!: ModelCard['limits'];

  @ApiProperty({ example: 'MIT' })
  licence!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(ModelFileDto) },
    description: 'Size and SHA-256 by file',
  })
  files!: ModelCard['files'];
}

class HeadlineFigureDto {
  @ApiProperty({ example: 'detection_rate', description: 'Rates are shares, 0 … 1' })
  figure!: string;

  @ApiProperty({ enum: EVALUATED_SETS, description: 'What it was measured on' })
  set!: EvaluatedSetKind;

  @ApiProperty({ example: 0.986 })
  value!: number;

  @ApiProperty({ example: 0.978, description: 'Lower end of the 95 % bootstrap interval over runs' })
  low!: number;

  @ApiProperty({ example: 0.997 })
  high!: number;
}

class EvaluatedSetDto {
  @ApiProperty({ enum: EVALUATED_SETS })
  set!: EvaluatedSetKind;

  @ApiProperty({ example: 'simulated, 20 unseen seeds of normal operation and of each disturbance' })
  description!: string;

  @ApiProperty({ type: 'integer', example: 440 })
  runs!: number;

  @ApiProperty({ type: 'integer', example: 422400, description: 'Samples' })
  rows!: number;

  @ApiProperty({
    ...JSON_OBJECT,
    nullable: true,
    description: 'Everything measured; a figure with an interval is { mean, low, high }',
  })
  figures!: StoredEvaluation['sets'][number]['figures'];
}

/** What a version was measured at after its training, on data that served nothing else. */
class ModelEvaluationDto {
  @ApiProperty({ type: 'integer', example: 1000003, description: 'The simulated runs follow from it' })
  seed!: number;

  @ApiProperty({
    type: 'integer',
    example: 20,
    description: 'Simulated runs of normal operation and of each disturbance',
  })
  seeds!: number;

  @ApiProperty({ type: [HeadlineFigureDto], description: 'The few figures asked for first' })
  headline!: readonly HeadlineFigureDto[];

  @ApiProperty({ type: [EvaluatedSetDto] })
  sets!: readonly EvaluatedSetDto[];
}

export class EvaluatedModelCardDto extends ModelCardDto {
  @ApiProperty({
    type: ModelEvaluationDto,
    nullable: true,
    description: 'Written by `models:evaluate --save`; null when nobody has measured this version',
  })
  evaluation!: ModelEvaluationDto | null;
}

export class ModelDto extends ModelCardDto {
  @ApiProperty({ description: 'Whether this version is the one in use' })
  active!: boolean;

  static of({ card, active }: ModelListing): ModelDto {
    return { ...card, active };
  }
}

export class ModelListDto {
  @ApiProperty({ type: [ModelDto], description: 'The newest version first within a model' })
  items!: ModelDto[];
}

export class ActivateModelDto {
  @ApiProperty({ example: '1', description: 'Use this version from now on' })
  @Matches(/^[1-9][0-9]{0,8}$/, { message: 'version must be a whole number, as a string' })
  version!: string;
}

export class ModelNameParams {
  @ApiProperty({ example: 'innovation_bank' })
  @Matches(/^[a-z][a-z0-9_]{0,59}$/, { message: 'name must be the name of a model' })
  name!: string;
}

export class ModelVersionParams {
  @ApiProperty({ example: 'forecast' })
  @Matches(/^[a-z][a-z0-9_]{0,59}$/, { message: 'name must be the name of a model' })
  name!: string;

  @ApiProperty({ example: '1' })
  @Matches(/^[1-9][0-9]{0,8}$/, { message: 'version must be a whole number' })
  version!: string;
}
