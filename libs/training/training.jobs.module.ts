import { Module } from '@nestjs/common';
import { AnomalyModule } from '#anomaly';
import { TrainingModule } from './training.module.js';
import { TrainingProcessor } from './training.processor.js';
import { TrainingPublisher } from './training-publisher.service.js';

/** Trains models. */
@Module({ imports: [AnomalyModule, TrainingModule], providers: [TrainingPublisher, TrainingProcessor] })
export class TrainingJobsModule {}
