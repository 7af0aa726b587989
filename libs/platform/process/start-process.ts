import { Config } from '../config/config.js';
import { type Environment, loadEnvironment } from '../config/environment.js';
import type { SettingsGroup } from '../config/settings.js';
import { configureLogging, loggerOf } from '../observability/logger.js';
import { endStartWatch, startStep, watchStart } from '../observability/start-watch.js';
import { reportStartFailure } from './start-failure.js';

/** A process of the product, as it is loaded. */
export interface LoadedProcess {
  /** Resolves when it answers. */
  start(environment: Environment): Promise<void>;
}

/**
 * Starts a process and says what it is at while that takes long: even loading the program does on a busy machine, so that it
 * comes by `load`, once the first line is out. A start that fails ends the process with code 1.
 * @param groups of settings that the process reads
 */
export function startProcess(
  name: string,
  groups: readonly SettingsGroup[],
  load: () => Promise<LoadedProcess>,
): void {
  start(name, groups, load).catch(reportStartFailure);
}

async function start(
  name: string,
  groups: readonly SettingsGroup[],
  load: () => Promise<LoadedProcess>,
): Promise<void> {
  const environment = loadEnvironment(groups);
  const config = environment.of(Config);
  configureLogging(config.logLevel, name, { format: config.logFormat });
  loggerOf('start').info({ database: config.database.kind, queue: config.queue.kind }, 'starting');
  watchStart();
  const loaded = await startStep('loading the program', load);
  await loaded.start(environment);
  endStartWatch();
}
