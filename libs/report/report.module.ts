import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AnomalyModule } from '#anomaly';
import { EquipmentModule } from '#equipment';
import { LotModule } from '#lot';
import { QueueModule } from '#platform';
import { Report, ReportFile } from './report.entity.js';
import { REPORT_JOB } from './report.job.js';
import { ReportRepository } from './report.repository.js';
import { ReportService } from './report.service.js';

/** Reports as rows and jobs, without HTTP and without printing. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Report, ReportFile]),
    QueueModule.forFeature(REPORT_JOB),
    AnomalyModule,
    EquipmentModule,
    LotModule,
  ],
  providers: [ReportRepository, ReportService],
  exports: [ReportRepository, ReportService],
})
export class ReportModule {}
