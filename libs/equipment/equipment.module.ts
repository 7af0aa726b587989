import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Equipment } from './equipment.entity.js';
import { EquipmentRepository } from './equipment.repository.js';
import { EquipmentService } from './equipment.service.js';
import { PlantRegistration } from './plant-registration.service.js';
import { SensorTag } from './sensor-tag.entity.js';
import { SensorTagRepository } from './sensor-tag.repository.js';
import { SensorTagService } from './sensor-tag.service.js';
import { TagChange } from './tag-change.entity.js';
import { TagChangeRepository } from './tag-change.repository.js';

/** Equipment and tags, without HTTP: what workers and other features use. */
@Module({
  imports: [TypeOrmModule.forFeature([Equipment, SensorTag, TagChange])],
  providers: [
    EquipmentRepository,
    SensorTagRepository,
    TagChangeRepository,
    EquipmentService,
    SensorTagService,
    PlantRegistration,
  ],
  exports: [EquipmentService, SensorTagService, PlantRegistration],
})
export class EquipmentModule {}
