export { CATALOGUE } from './catalogue.js';
export { EquipmentIdParams } from './dto/equipment-id.params.js';
export { Equipment } from './equipment.entity.js';
export { EquipmentHttpModule } from './equipment.http.module.js';
export { EquipmentModule } from './equipment.module.js';
export { EquipmentService } from './equipment.service.js';
export { PlantRegistration } from './plant-registration.service.js';
export {
  ALARM_PRIORITIES,
  type AlarmPriority,
  SensorTag,
  TAG_SETTINGS,
  type TagSettings,
} from './sensor-tag.entity.js';
export { SensorTagService } from './sensor-tag.service.js';
export { TagChange } from './tag-change.entity.js';
