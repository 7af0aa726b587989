import { Module } from '@nestjs/common';
import { MetricsController } from './metrics.controller.js';
import { SystemHealthController } from './system-health.controller.js';
import { SystemHealthService } from './system-health.service.js';

/** Health of the product itself and /metrics: in the API and, on a port of its own, in every worker. */
@Module({ controllers: [SystemHealthController, MetricsController], providers: [SystemHealthService] })
export class SystemHealthModule {}
