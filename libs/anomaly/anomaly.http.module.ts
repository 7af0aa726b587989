import { Module } from '@nestjs/common';
import { AnomalyController } from './anomaly.controller.js';
import { AnomalyModule } from './anomaly.module.js';

/** The anomaly routes of the API. */
@Module({ imports: [AnomalyModule], controllers: [AnomalyController] })
export class AnomalyHttpModule {}
