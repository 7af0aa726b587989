import 'reflect-metadata';
import { startProcess } from '#platform/start';
import { SETTINGS } from '../settings.js';

startProcess('worker', SETTINGS, () => import('./worker.js'));
