import { ALARM_PRIORITIES, type AlarmPriority } from '#equipment';
import { IsText } from '#platform';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

const LONGEST_DELAY_MS = 24 * 3_600_000;
const LIMIT = { type: Number, nullable: true } as const;

const given = (_: unknown, value: unknown): boolean => value !== undefined;

/** The limits to change; null takes one away, what is left out stays. */
export class UpdateTagLimitsDto {
  @ApiPropertyOptional({ ...LIMIT, example: null })
  @IsOptional()
  @IsNumber()
  ll?: number | null;

  @ApiPropertyOptional({ ...LIMIT, example: 2600 })
  @IsOptional()
  @IsNumber()
  l?: number | null;

  @ApiPropertyOptional({ ...LIMIT, example: 2880 })
  @IsOptional()
  @IsNumber()
  h?: number | null;

  @ApiPropertyOptional({ ...LIMIT, example: 2990 })
  @IsOptional()
  @IsNumber()
  hh?: number | null;
}

/** Any of the fields, at least one. */
export class UpdateTagDto {
  @ApiPropertyOptional({ example: 'Reactor pressure', maxLength: 120 })
  @ValidateIf(given)
  @IsText(120)
  @IsNotEmpty()
  name?: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: '반응기 압력', maxLength: 120 })
  @IsOptional()
  @IsText(120)
  @IsNotEmpty()
  name_ko?: string | null;

  @ApiPropertyOptional({
    type: UpdateTagLimitsDto,
    description:
      'Ascending, LL < L < H < HH, and at most the width of the instrument range beyond it; null takes a limit away',
  })
  @ValidateIf(given)
  @IsObject()
  @ValidateNested()
  @Type(() => UpdateTagLimitsDto)
  limits?: UpdateTagLimitsDto;

  @ApiPropertyOptional({ example: 40, minimum: 0, description: 'Smaller than what lies between L and H' })
  @ValidateIf(given)
  @IsNumber()
  @Min(0)
  deadband?: number;

  @ApiPropertyOptional({ type: 'integer', example: 60_000, minimum: 0, maximum: LONGEST_DELAY_MS })
  @ValidateIf(given)
  @IsInt()
  @Min(0)
  @Max(LONGEST_DELAY_MS)
  on_delay_ms?: number;

  @ApiPropertyOptional({ type: 'integer', example: 120_000, minimum: 0, maximum: LONGEST_DELAY_MS })
  @ValidateIf(given)
  @IsInt()
  @Min(0)
  @Max(LONGEST_DELAY_MS)
  off_delay_ms?: number;

  @ApiPropertyOptional({ enum: ALARM_PRIORITIES, example: 'high' })
  @ValidateIf(given)
  @IsIn(ALARM_PRIORITIES)
  priority?: AlarmPriority;
}
