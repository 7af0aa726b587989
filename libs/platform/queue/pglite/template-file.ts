import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { projectPath } from '../../config/project-path.js';
import { loggerOf } from '../../observability/logger.js';
import { startStep } from '../../observability/start-watch.js';

/** The scripts need up to 10 s of processor time, which a starved machine may take long to give; it ends what hangs. */
const SCRIPT_TIMEOUT_MS = 20 * 60_000;

/**
 * The packed data folder every new queue database starts from. Made once per installation (about 5 s) by a process
 * of its own; kept in node_modules/.cache, or in the temporary folder when the installation is read-only.
 */
export async function pgliteTemplateFile(): Promise<string> {
  const name = `pglite-${pgliteVersion()}-queue.tar`;
  const folders = [projectPath('node_modules', '.cache', 'tep-dashboard-backend'), tmpdir()];
  const existing = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (existing) return existing;
  const file = join(folders.find(isWritable) ?? tmpdir(), name);
  loggerOf('queue').info({ file }, 'preparing the embedded queue, once per installation');
  await startStep('preparing the embedded queue, once per installation', () =>
    runScript('./template.js', file),
  );
  return file;
}

/** Unpacks the template into a folder, in a process of its own: it would leave 100 MB behind in this one. */
export async function createPgliteFolder(dataDir: string): Promise<void> {
  const template = await pgliteTemplateFile();
  await startStep('unpacking the embedded queue', () => runScript('./folder.js', dataDir, template));
}

async function runScript(script: string, ...args: string[]): Promise<void> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  await promisify(execFile)(process.execPath, [path, ...args], { timeout: SCRIPT_TIMEOUT_MS });
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function pgliteVersion(): string {
  const main = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const manifest = JSON.parse(readFileSync(join(dirname(main), '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
