import { DETECTOR_NAMES, type DetectorName } from '#ml';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { IsText, PageQuery, QueryBoolean } from '#platform';
import { ANOMALY_STATES, type AnomalyState, SEVERITIES, type Severity } from '../anomaly.entity.js';

export class AnomalyListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: DETECTOR_NAMES })
  @IsOptional()
  @IsIn(DETECTOR_NAMES)
  detector?: DetectorName;

  @ApiPropertyOptional({ example: 'REACTOR' })
  @IsOptional()
  @Matches(/^[A-Z0-9][A-Z0-9_-]{0,39}$/, { message: 'eq_id must be the code of an equipment' })
  eq_id?: string;

  @ApiPropertyOptional({ type: 'integer', example: 3 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  lot_id?: number;

  @ApiPropertyOptional({ type: 'integer', example: 4, description: 'Only anomalies of this incident' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  incident_id?: number;

  @ApiPropertyOptional({ enum: ANOMALY_STATES })
  @IsOptional()
  @IsIn(ANOMALY_STATES)
  state?: AnomalyState;

  @ApiPropertyOptional({ enum: SEVERITIES, description: 'Only anomalies at least this severe' })
  @IsOptional()
  @IsIn(SEVERITIES)
  min_severity?: Severity;

  @QueryBoolean('Only anomalies that somebody has, or nobody has, acknowledged')
  acknowledged?: boolean;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Only anomalies that reach beyond this plant time',
  })
  @IsOptional()
  @IsText(40)
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Only anomalies that began before this plant time',
  })
  @IsOptional()
  @IsText(40)
  to?: string;
}
