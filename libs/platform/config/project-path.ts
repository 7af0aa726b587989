import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

function findProjectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The folder that holds package.json, whether the code runs from its sources or from dist/. */
export const PROJECT_ROOT = findProjectRoot();

/** Absolute path of a file or folder of the project, e.g. `projectPath('models')`. */
export function projectPath(...segments: string[]): string {
  return join(PROJECT_ROOT, ...segments);
}

/** A path as a user writes it: one that is not absolute begins at the folder of the project. */
export function fromProjectRoot(path: string): string {
  return resolve(PROJECT_ROOT, path);
}
