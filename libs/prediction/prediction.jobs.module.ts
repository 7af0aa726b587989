import { Module } from '@nestjs/common';
import { EquipmentModule } from '#equipment';
import { PredictionModule } from './prediction.module.js';
import { PredictorModule } from './predictor.module.js';
import { PredictionProcessor } from './prediction.processor.js';

/** Works on prediction jobs. */
@Module({ imports: [EquipmentModule, PredictionModule, PredictorModule], providers: [PredictionProcessor] })
export class PredictionJobsModule {}
