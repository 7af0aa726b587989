export { DISTURBANCES, type DisturbanceDefinition, type DisturbanceKind } from './disturbance-catalogue.js';
export { EQUIPMENT, type EquipmentDefinition, type EquipmentKind } from './equipment-catalogue.js';
export {
  DETECTOR_TAGS,
  TAGS,
  tagIndex,
  type AlarmLimits,
  type TagDefinition,
  type TagRole,
} from './tag-catalogue.js';
export const TAG_COUNT = 53;
