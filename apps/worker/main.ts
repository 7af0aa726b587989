import 'reflect-metadata';
import { startProcess } from '#platform/start';

startProcess('worker', () => import('./worker.js'));
