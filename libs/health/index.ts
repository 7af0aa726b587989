export { EquipmentHealthModule } from './equipment-health.module.js';
export {
  type EquipmentHealth,
  type EquipmentHealthOver,
  EquipmentHealthService,
} from './equipment-health.service.js';
export { bandOf, GOOD_FROM, type HealthBand, type HealthDriver, POOR_BELOW } from './equipment-score.js';
export type { EquipmentStatus } from './equipment-status.js';
export { EquipmentStatusService } from './equipment-status.service.js';
export { HealthHttpModule } from './health.http.module.js';
export { HealthJobsModule } from './health.jobs.module.js';
export { SystemHealthModule } from './system-health.module.js';
