export { TrainingHttpModule } from './training.http.module.js';
export { TrainingJobsModule } from './training.jobs.module.js';
