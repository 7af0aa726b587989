import { Module } from '@nestjs/common';
import { PlantController } from './plant.controller.js';
import { PlantModule } from './plant.module.js';

/** The plant routes of the API. */
@Module({ imports: [PlantModule], controllers: [PlantController] })
export class PlantHttpModule {}
