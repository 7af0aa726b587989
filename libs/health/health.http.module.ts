import { Module } from '@nestjs/common';
import { EquipmentHealthController } from './equipment-health.controller.js';
import { EquipmentHealthModule } from './equipment-health.module.js';

/** The routes of equipment health and status. */
@Module({ imports: [EquipmentHealthModule], controllers: [EquipmentHealthController] })
export class HealthHttpModule {}
