import { Module } from '@nestjs/common';
import { ReportController } from './report.controller.js';
import { ReportModule } from './report.module.js';

/** The report routes of the API. */
@Module({ imports: [ReportModule], controllers: [ReportController] })
export class ReportHttpModule {}
