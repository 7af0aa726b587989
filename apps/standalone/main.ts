import 'reflect-metadata';
import { startProcess } from '#platform/start';
import { SETTINGS } from '../settings.js';

startProcess('standalone', SETTINGS, () => import('./standalone.js'));
