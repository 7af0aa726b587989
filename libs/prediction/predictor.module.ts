import { Module } from '@nestjs/common';
import { AnomalyModule } from '#anomaly';
import { Predictor } from './predictor.service.js';

/** The models at work, for processes that predict. */
@Module({ imports: [AnomalyModule], providers: [Predictor], exports: [Predictor] })
export class PredictorModule {}
