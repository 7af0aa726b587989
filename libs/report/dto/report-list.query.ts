import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsText, JobListQuery } from '#platform';
import { REPORT_LANGS, REPORT_TYPES, type ReportLang, type ReportType } from '../gathering/content.js';
import { REPORT_ORDERS, type ReportOrder } from '../report.repository.js';

export class ReportListQuery extends JobListQuery {
  @ApiPropertyOptional({ enum: REPORT_TYPES })
  @IsOptional()
  @IsIn(REPORT_TYPES)
  type?: ReportType;

  @ApiPropertyOptional({ enum: REPORT_LANGS })
  @IsOptional()
  @IsIn(REPORT_LANGS)
  lang?: ReportLang;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-03-01T00:00:00Z',
    description: 'Only reports asked for from this wall time on',
  })
  @IsOptional()
  @IsText(40)
  created_from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-03-02T00:00:00Z',
    description: 'Only reports asked for before this wall time',
  })
  @IsOptional()
  @IsText(40)
  created_to?: string;

  @ApiPropertyOptional({ enum: REPORT_ORDERS, default: 'newest', description: 'Which ones come first' })
  @IsOptional()
  @IsIn(REPORT_ORDERS)
  order: ReportOrder = 'newest';
}
