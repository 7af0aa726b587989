export { PlantHttpModule } from './plant.http.module.js';
export { PlantJobsModule } from './plant.jobs.module.js';
export { PlantModule } from './plant.module.js';
export { PlantStatus } from './plant-status.service.js';
