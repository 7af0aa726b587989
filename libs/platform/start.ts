/** The door of what runs before the program is loaded: it keeps away from whatever takes long to load. */
export { Config } from './config/config.js';
export { IsTimeZone } from './config/is-time-zone.js';
export { fromProjectRoot } from './config/project-path.js';
export { numberOf, type SettingsGroup, Variable } from './config/settings.js';
export { startProcess } from './process/start-process.js';
export { reportStartFailure } from './process/start-failure.js';
