import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AnomalyModule } from '#anomaly';
import { QueueModule } from '#platform';
import { LotModule } from '#lot';
import { TimeseriesModule } from '#timeseries';
import { ModelTraining } from './training.entity.js';
import { TrainingHistory } from './training-history.service.js';
import { TRAINING_JOB } from './training.job.js';
import { TrainingRepository } from './training.repository.js';
import { TrainingService } from './training.service.js';

/** Trainings as rows and jobs, without HTTP and without training. */
@Module({
  imports: [
    TypeOrmModule.forFeature([ModelTraining]),
    QueueModule.forFeature(TRAINING_JOB),
    AnomalyModule,
    LotModule,
    TimeseriesModule,
  ],
  providers: [TrainingHistory, TrainingRepository, TrainingService],
  exports: [TrainingHistory, TrainingRepository, TrainingService],
})
export class TrainingModule {}
