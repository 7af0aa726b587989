import 'reflect-metadata';
import { startProcess } from '#platform/start';

startProcess('api', () => import('./api.js'));
