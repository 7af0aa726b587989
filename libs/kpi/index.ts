export { KpiHttpModule } from './kpi.http.module.js';
export { KpiJobsModule } from './kpi.jobs.module.js';
export { KpiModule } from './kpi.module.js';
export { type KpiPoint, KpiService } from './kpi.service.js';
export { Standstills } from './standstills.service.js';
export { TimeZoneProperty } from './dto/time-zone.property.js';
