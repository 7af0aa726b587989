export * from './date-texts.js';
export * from './days.js';
export * from './time-zone.js';
