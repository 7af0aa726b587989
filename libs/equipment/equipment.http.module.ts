import { Module } from '@nestjs/common';
import { EquipmentController } from './equipment.controller.js';
import { EquipmentModule } from './equipment.module.js';

/** The equipment routes of the API. */
@Module({ imports: [EquipmentModule], controllers: [EquipmentController] })
export class EquipmentHttpModule {}
