import { Module } from '@nestjs/common';
import { PredictionModule } from './prediction.module.js';
import { PredictionProcessor } from './prediction.processor.js';

/** Works on prediction jobs. */
@Module({ imports: [PredictionModule], providers: [PredictionProcessor] })
export class PredictionJobsModule {}
