import { type Config, loadConfig } from '../config/config.js';
import { configureLogging, loggerOf } from '../observability/logger.js';
import { endStartWatch, startStep, watchStart } from '../observability/start-watch.js';
import { reportStartFailure } from './start-failure.js';

/** A process of the product, as it is loaded. */
export interface LoadedProcess {
  /** Resolves when it answers. */
  start(config: Config): Promise<void>;
}

/**
 * Starts a process and says what it is at while that takes long: even loading the program does on a busy machine, so that it
 * comes by `load`, once the first line is out. A start that fails ends the process with code 1.
 */
export function startProcess(name: string, load: () => Promise<LoadedProcess>): void {
  start(name, load).catch(reportStartFailure);
}

async function start(name: string, load: () => Promise<LoadedProcess>): Promise<void> {
  const config = loadConfig();
  configureLogging(config.logLevel, name, { format: config.logFormat });
  loggerOf('start').info({ database: config.database.kind, queue: config.queue.kind }, 'starting');
  watchStart();
  const loaded = await startStep('loading the program', load);
  await loaded.start(config);
  endStartWatch();
}
