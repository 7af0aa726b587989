import { ApiProperty } from '@nestjs/swagger';
import { API_PREFIX, isoTime, JobDto, jobDto, PageDto } from '#platform';
import type { Report } from '../report.entity.js';
import { REPORT_LANGS, REPORT_TYPES, type ReportLang, type ReportType } from '../gathering/content.js';

/** What a report is about, in the words of the wire. */
export interface ReportSubjectIds {
  eqId: string | null;
}

export class ReportDto extends JobDto {
  @ApiProperty({ enum: REPORT_TYPES, example: 'daily' })
  type!: ReportType;

  @ApiProperty({ enum: REPORT_LANGS, example: 'ko' })
  lang!: ReportLang;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T00:00:00.000Z',
    description: 'Begin of the period, plant time',
  })
  from!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-02T00:00:00.000Z',
    description: 'End of the period, plant time',
  })
  to!: string;

  @ApiProperty({ example: 'Asia/Seoul', description: 'Whose days and clocks it speaks of' })
  time_zone!: string;

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  lot_id!: number | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  eq_id!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  anomaly_id!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'daily-report_2026-03-01_ko.pdf' })
  filename!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 4 })
  pages!: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Once it is printed' })
  download_url!: string | null;

  static of(report: Report, { eqId }: ReportSubjectIds): ReportDto {
    return {
      ...jobDto(report),
      type: report.type,
      lang: report.lang,
      from: isoTime(report.periodFrom),
      to: isoTime(report.periodTo),
      time_zone: report.timeZone,
      lot_id: report.lotId,
      eq_id: eqId,
      anomaly_id: report.anomalyId,
      filename: report.filename,
      pages: report.pages,
      download_url: report.fileId === null ? null : `${API_PREFIX}/reports/${report.jobId}/download`,
    };
  }
}

export class ReportPageDto extends PageDto(ReportDto) {}
