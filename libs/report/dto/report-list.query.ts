import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { JobListQuery } from '#platform';
import { REPORT_TYPES, type ReportType } from '../gathering/content.js';

export class ReportListQuery extends JobListQuery {
  @ApiPropertyOptional({ enum: REPORT_TYPES })
  @IsOptional()
  @IsIn(REPORT_TYPES)
  type?: ReportType;
}
