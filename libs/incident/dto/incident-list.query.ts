import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { ANOMALY_STATES, type AnomalyState, SEVERITIES, type Severity } from '#anomaly';
import { IsText, PageQuery, QueryBoolean } from '#platform';

export class IncidentListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ANOMALY_STATES })
  @IsOptional()
  @IsIn(ANOMALY_STATES)
  state?: AnomalyState;

  @ApiPropertyOptional({ enum: SEVERITIES, description: 'Only incidents at least this severe' })
  @IsOptional()
  @IsIn(SEVERITIES)
  min_severity?: Severity;

  @ApiPropertyOptional({ example: 'FEED', description: 'Equipment of the tag that moved first' })
  @IsOptional()
  @Matches(/^[A-Z0-9][A-Z0-9_-]{0,39}$/, { message: 'eq_id must be the code of an equipment' })
  eq_id?: string;

  @ApiPropertyOptional({ type: 'integer', example: 3 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  lot_id?: number;

  @QueryBoolean('Only incidents that somebody has, or nobody has, acknowledged')
  acknowledged?: boolean;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Only incidents that reach beyond this plant time',
  })
  @IsOptional()
  @IsText(40)
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Only incidents that began before this plant time',
  })
  @IsOptional()
  @IsText(40)
  to?: string;
}
