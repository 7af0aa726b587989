import { Module } from '@nestjs/common';
import { AnomalyModule } from '#anomaly';
import { TimeseriesModule } from '#timeseries';
import { EquipmentHealthModule } from './equipment-health.module.js';
import { HealthRecorder } from './health-recorder.service.js';
import { ScoreRetention } from './score-retention.service.js';

/** Scores equipment along with the detectors, wherever these run, and keeps the scores bounded. */
@Module({
  imports: [EquipmentHealthModule, AnomalyModule, TimeseriesModule],
  providers: [HealthRecorder, ScoreRetention],
})
export class HealthJobsModule {}
