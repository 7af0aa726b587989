export type { DiagnosedIncident } from './diagnosed-incident.js';
export { Incident } from './incident.entity.js';
export { IncidentHttpModule } from './incident.http.module.js';
export { IncidentJobsModule } from './incident.jobs.module.js';
export { IncidentModule } from './incident.module.js';
export { IncidentService } from './incident.service.js';
