import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PlantCommandRow } from './plant-command.entity.js';
import { PlantCommandRepository } from './plant-command.repository.js';
import { PlantCommands } from './plant-commands.service.js';
import { PlantState } from './plant-state.entity.js';
import { PlantService } from './plant.service.js';
import { PlantStateRepository } from './plant-state.repository.js';
import { PlantStatus } from './plant-status.service.js';

/** The live plant as any process sees it: how it is, and how to command it. */
@Module({
  imports: [TypeOrmModule.forFeature([PlantState, PlantCommandRow])],
  providers: [PlantStateRepository, PlantCommandRepository, PlantStatus, PlantCommands, PlantService],
  exports: [PlantStateRepository, PlantCommandRepository, PlantStatus, PlantService],
})
export class PlantModule {}
