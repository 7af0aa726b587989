export { IncidentHttpModule } from './incident.http.module.js';
export { IncidentJobsModule } from './incident.jobs.module.js';
export { IncidentModule } from './incident.module.js';
export { type DiagnosedIncident, IncidentService } from './incident.service.js';
