import { Module } from '@nestjs/common';
import { AnomalyModule } from '#anomaly';
import { EquipmentModule } from '#equipment';
import { TimeseriesModule } from '#timeseries';
import { EquipmentHealthService } from './equipment-health.service.js';
import { EquipmentStatusService } from './equipment-status.service.js';
import { EquipmentWatch } from './equipment-watch.service.js';
import { HealthScoreRepository } from './health-score.repository.js';

/** Health and status of equipment, without HTTP. */
@Module({
  imports: [EquipmentModule, TimeseriesModule, AnomalyModule],
  providers: [HealthScoreRepository, EquipmentHealthService, EquipmentStatusService, EquipmentWatch],
  exports: [HealthScoreRepository, EquipmentHealthService, EquipmentStatusService],
})
export class EquipmentHealthModule {}
