import { FORECAST_HORIZON } from '#ml';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { IsText } from '#platform';

export class CreatePredictionDto {
  @ApiPropertyOptional({
    example: 'REACTOR',
    description: 'The equipment whose tags are wanted; this or lot_id',
  })
  @IsOptional()
  @Matches(/^[A-Z0-9][A-Z0-9_-]{0,39}$/, { message: 'eq_id must be the code of an equipment' })
  eq_id?: string;

  @ApiPropertyOptional({
    type: 'integer',
    example: 3,
    description: 'The lot from whose end on is predicted, all tags; this or eq_id',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  lot_id?: number;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-03-01T08:00:00Z',
    description: 'Plant time to predict from; now, or the end of the lot, when left out',
  })
  @IsOptional()
  @IsText(40)
  at?: string;

  @ApiPropertyOptional({
    type: 'integer',
    example: 20,
    default: FORECAST_HORIZON,
    minimum: 1,
    maximum: FORECAST_HORIZON,
    description: 'Steps of 3 minutes',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(FORECAST_HORIZON)
  horizon_steps: number = FORECAST_HORIZON;

  @ApiPropertyOptional({
    example: 'forecast_lstm@1',
    description:
      'Another version than the one in use: NAME or NAME@VERSION, see GET /models. With a detector, e.g. cva, that one ' +
      'decides how far a fault is believed in',
  })
  @IsOptional()
  @Matches(/^[a-z][a-z0-9_]{0,59}(@[1-9][0-9]{0,8})?$/, { message: 'model must be NAME or NAME@VERSION' })
  model?: string;
}
