import { existsSync } from 'node:fs';
import { OperatorError } from '../failure/errors.js';
import { projectPath } from './project-path.js';
import { readSettings, type SettingsGroup } from './settings.js';

/** What the environment says: the settings of a process, group by group. Nobody else reads process.env. */
export class Environment {
  private readonly groups: ReadonlyMap<SettingsGroup, object>;

  /** @param settings one object of each group */
  constructor(settings: readonly object[]) {
    this.groups = new Map(settings.map((group) => [group.constructor as SettingsGroup, group]));
  }

  get all(): IterableIterator<[SettingsGroup, object]> {
    return this.groups.entries();
  }

  /** @throws Error for a group that was not read when the process started */
  of<Group extends object>(group: SettingsGroup<Group>): Group {
    const settings = this.groups.get(group);
    if (!settings) throw new Error(`${group.name} is not among the settings of this process`);
    return settings as Group;
  }
}

/** A setting is missing or wrong; the message names every variable at fault. */
export class ConfigError extends OperatorError {
  constructor(readonly problems: string[]) {
    super('Correct these variables of the environment, or .env', problems.join('; '));
    this.name = 'ConfigError';
  }
}

/**
 * Reads all groups at once.
 * @throws ConfigError that names every variable at fault, whichever group it belongs to
 */
export function readEnvironment(
  groups: readonly SettingsGroup[],
  variables: Readonly<Record<string, string | undefined>>,
): Environment {
  const read = groups.map((group) => readSettings(group, variables));
  const problems = read.flatMap((group) => group.problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return new Environment(read.map(({ settings }) => settings));
}

/** Reads .env of the project (variables already set win) and the environment. @throws ConfigError */
export function loadEnvironment(groups: readonly SettingsGroup[]): Environment {
  const file = projectPath('.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return readEnvironment(groups, process.env);
}

/** Whether the environment asks for debug lines: for what goes wrong before, or without, its being read as a whole. */
export function isDebugWanted(): boolean {
  return ['debug', 'trace'].includes(process.env.LOG_LEVEL ?? '');
}
