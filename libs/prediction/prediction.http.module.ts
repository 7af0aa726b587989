import { Module } from '@nestjs/common';
import { ModelsController } from './models.controller.js';
import { PredictionController } from './prediction.controller.js';
import { PredictionModule } from './prediction.module.js';

/** The prediction and model routes of the API. */
@Module({ imports: [PredictionModule], controllers: [PredictionController, ModelsController] })
export class PredictionHttpModule {}
