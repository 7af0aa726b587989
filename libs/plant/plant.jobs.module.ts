import { Module } from '@nestjs/common';
import { EquipmentModule } from '#equipment';
import { LotModule } from '#lot';
import { TimeseriesModule } from '#timeseries';
import { LivePlant } from './live-plant.service.js';
import { PlantLots } from './plant-lots.service.js';
import { PlantModule } from './plant.module.js';
import { PlantRecorder } from './plant-recorder.service.js';
import { SampleRetentionSchedule } from './sample-retention.schedule.js';

/** The live plant itself, for processes that may keep it. */
@Module({
  imports: [PlantModule, EquipmentModule, LotModule, TimeseriesModule],
  providers: [LivePlant, PlantRecorder, PlantLots, SampleRetentionSchedule],
})
export class PlantJobsModule {}
