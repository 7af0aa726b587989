import 'reflect-metadata';
import { startProcess } from '#platform/start';
import { SETTINGS } from '../settings.js';

startProcess('api', SETTINGS, () => import('./api.js'));
