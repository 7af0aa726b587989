import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsText } from '#platform';
import { TRAINING_SOURCES, type TrainingSource } from '../training.entity.js';

const MAX_LOTS = 100;
const MAX_WINDOWS = 50;
const LARGEST_SEED = 2 ** 32 - 1;

export class TrainingWindowDto {
  @ApiProperty({ format: 'date-time', example: '2026-03-01T00:00:00Z', description: 'Plant time' })
  @IsText(40)
  from!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-21T00:00:00Z',
    description: 'Plant time, not part of the window',
  })
  @IsText(40)
  to!: string;
}

export class TrainModelDto {
  @ApiPropertyOptional({
    enum: TRAINING_SOURCES,
    default: 'history',
    description:
      "history: the plant's own normal operation, given by lots and windows; for detectors. simulated: runs of the " +
      'simulated plant, normal and with every disturbance; for any model',
  })
  @IsOptional()
  @IsIn(TRAINING_SOURCES)
  source: TrainingSource = 'history';

  @ApiPropertyOptional({
    type: 'integer',
    isArray: true,
    example: [3, 4, 5],
    description: 'Lots of normal operation',
  })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_LOTS)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(Number.MAX_SAFE_INTEGER, { each: true })
  lot_ids?: number[];

  @ApiPropertyOptional({ type: [TrainingWindowDto], description: 'Windows of normal operation, plant time' })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_WINDOWS)
  @ValidateNested({ each: true })
  @Type(() => TrainingWindowDto)
  windows?: TrainingWindowDto[];

  @ApiPropertyOptional({
    default: false,
    example: false,
    description:
      'Also learn from what the detectors hold for abnormal. For a plant that the detector in use does not fit yet; ' +
      'otherwise faults are learnt as normal',
  })
  @IsOptional()
  @IsBoolean()
  keep_anomalous: boolean = false;

  @ApiPropertyOptional({
    type: 'integer',
    default: 1,
    example: 1,
    minimum: 0,
    maximum: LARGEST_SEED,
    description: 'Everything random follows from it',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LARGEST_SEED)
  seed: number = 1;

  @ApiPropertyOptional({
    example: true,
    description:
      'With source simulated: fewer runs, a few minutes. It is the default; false needs TRAINING_FULL=true',
  })
  @IsOptional()
  @IsBoolean()
  quick?: boolean;

  @ApiPropertyOptional({
    default: true,
    example: true,
    description: 'Use the new version from then on, if its card passes its gates',
  })
  @IsOptional()
  @IsBoolean()
  activate: boolean = true;
}

export class TrainedModelParams {
  @ApiProperty({ example: 'innovation_bank' })
  @Matches(/^[a-z][a-z0-9_]{0,59}$/, { message: 'name must be the name of a model' })
  name!: string;
}
