import { Module } from '@nestjs/common';
import { KpiController } from './kpi.controller.js';
import { KpiModule } from './kpi.module.js';

/** The KPI routes of the API. */
@Module({ imports: [KpiModule], controllers: [KpiController] })
export class KpiHttpModule {}
