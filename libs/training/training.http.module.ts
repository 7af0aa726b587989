import { Module } from '@nestjs/common';
import { ModelTrainController } from './model-train.controller.js';
import { TrainingController } from './training.controller.js';
import { TrainingModule } from './training.module.js';

/** The training routes of the API. */
@Module({ imports: [TrainingModule], controllers: [ModelTrainController, TrainingController] })
export class TrainingHttpModule {}
