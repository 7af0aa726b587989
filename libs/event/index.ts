export { EventHttpModule } from './event.http.module.js';
export { EventJobsModule } from './event.jobs.module.js';
