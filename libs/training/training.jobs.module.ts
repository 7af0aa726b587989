import { Module } from '@nestjs/common';
import { AnomalyModule } from '#anomaly';
import { TrainingDataService } from './training-data.service.js';
import { TrainingModule } from './training.module.js';
import { TrainingProcessor } from './training.processor.js';
import { TrainingPublisher } from './training-publisher.service.js';

/** Trains models. */
@Module({
  imports: [AnomalyModule, TrainingModule],
  providers: [TrainingDataService, TrainingPublisher, TrainingProcessor],
})
export class TrainingJobsModule {}
