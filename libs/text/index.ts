export * from './free-text.js';
export * from './number-text.js';
