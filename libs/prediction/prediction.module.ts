import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AnomalyModule } from '#anomaly';
import { EquipmentModule } from '#equipment';
import { LotModule } from '#lot';
import { QueueModule } from '#platform';
import { TimeseriesModule } from '#timeseries';
import { ModelsService } from './models.service.js';
import { PREDICTION_JOB } from './prediction.job.js';
import { Prediction } from './prediction.entity.js';
import { PredictionRepository } from './prediction.repository.js';
import { PredictionService } from './prediction.service.js';
import { PredictionWindows } from './prediction-window.service.js';

/** Predictions as rows and jobs, and the models; without HTTP and without running anything. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Prediction]),
    QueueModule.forFeature(PREDICTION_JOB),
    AnomalyModule,
    EquipmentModule,
    LotModule,
    TimeseriesModule,
  ],
  providers: [ModelsService, PredictionRepository, PredictionService, PredictionWindows],
  exports: [ModelsService, PredictionRepository, PredictionService, PredictionWindows],
})
export class PredictionModule {}
