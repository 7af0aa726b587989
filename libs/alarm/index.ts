export { ALARM_FIGURES, type AlarmFigureName } from './alarm-figures.js';
export { AlarmFiguresService } from './alarm-figures.service.js';
export { AlarmHttpModule } from './alarm.http.module.js';
export { AlarmJobsModule } from './alarm.jobs.module.js';
export { AlarmModule } from './alarm.module.js';
export { LimitAlarmTracker } from './limit-alarm-tracker.js';
