import { Module } from '@nestjs/common';
import { Predictor } from './predictor.service.js';

/** The models at work, for processes that predict. */
@Module({ providers: [Predictor], exports: [Predictor] })
export class PredictorModule {}
