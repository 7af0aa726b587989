import { isDate } from '#calendar';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsText } from '#platform';
import { TimeZoneProperty } from '#kpi';
import { IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import { REPORT_LANGS, REPORT_TYPES, type ReportLang, type ReportType } from '../gathering/content.js';

const isOf = (type: ReportType) => (dto: CreateReportDto) => dto.type === type;

export class CreateReportDto {
  @ApiProperty({ enum: REPORT_TYPES, example: 'daily' })
  @IsIn(REPORT_TYPES)
  type!: ReportType;

  @ApiPropertyOptional({ enum: REPORT_LANGS, default: 'en', example: 'ko' })
  @IsOptional()
  @IsIn(REPORT_LANGS)
  lang: ReportLang = 'en';

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-03-01T00:00:00Z',
    description: 'daily and equipment: begin of the period in plant time; 24 h before `to` when left out',
  })
  @IsOptional()
  @IsText(40)
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-03-02T00:00:00Z',
    description:
      'daily and equipment: end of the period in plant time, at most 31 days after `from`; now when left out',
  })
  @IsOptional()
  @IsText(40)
  to?: string;

  @ApiPropertyOptional({
    format: 'date',
    example: '2026-03-01',
    description:
      'daily and equipment: the day, instead of `from` and `to`. production_day: the day on which it begins, the last ' +
      'one that is complete when left out',
  })
  @IsOptional()
  @ValidateBy({
    name: 'isDate',
    validator: {
      validate: (value) => typeof value === 'string' && isDate(value),
      defaultMessage: () => 'date must be a date, e.g. 2026-03-01',
    },
  })
  date?: string;

  @TimeZoneProperty()
  time_zone?: string;

  @ApiPropertyOptional({ type: 'integer', example: 3, description: 'lot: which one' })
  @ValidateIf(isOf('lot'))
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  lot_id?: number;

  @ApiPropertyOptional({ example: 'REACTOR', description: 'equipment: which one' })
  @ValidateIf(isOf('equipment'))
  @Matches(/^[A-Z0-9][A-Z0-9_-]{0,39}$/, { message: 'eq_id must be the code of an equipment' })
  eq_id?: string;

  @ApiPropertyOptional({ type: 'integer', example: 17, description: 'anomaly: which one' })
  @ValidateIf(isOf('anomaly'))
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  anomaly_id?: number;
}
