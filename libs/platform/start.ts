/** The door of what runs before the program is loaded: it keeps away from whatever takes long to load. */
export { startProcess } from './process/start-process.js';
export { reportStartFailure } from './process/start-failure.js';
