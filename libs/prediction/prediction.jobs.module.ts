import { Module } from '@nestjs/common';
import { TimeseriesModule } from '#timeseries';
import { PredictionModule } from './prediction.module.js';
import { PredictorModule } from './predictor.module.js';
import { PredictionProcessor } from './prediction.processor.js';

/** Works on prediction jobs. */
@Module({ imports: [PredictionModule, PredictorModule, TimeseriesModule], providers: [PredictionProcessor] })
export class PredictionJobsModule {}
