import 'reflect-metadata';
import { startProcess } from '#platform/start';

startProcess('standalone', () => import('./standalone.js'));
