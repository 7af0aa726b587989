import { type ChildProcess, execFile } from 'node:child_process';
import { lstat, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ProcessFolder, removeAbandonedFolders } from './process-folder.js';
import { type StandstillLimits, StandstillWatch } from './standstill-watch.js';
import { unlessStopped } from './unless-stopped.js';

/** Where the browser is and the variables it needs; nothing of the system but the C library is used. */
export interface ChromiumInstallation {
  executablePath: string;
  environment: Record<string, string>;
}

/** Unpacking takes a few seconds of processor time and gives no sign before its end. */
const UNPACK_LIMITS: StandstillLimits = { busyMs: 180_000 };
/** Written last, so that a folder which has it is complete: the files and their sizes. */
const MANIFEST = 'unpacked.json';
/** Tries to put the browser where others keep putting theirs. */
const MOST_MOVES = 10;
/** Of what the package unpacks; its graphics libraries are for WebGL. */
const NEEDED = ['chromium', 'al2023', 'fonts'];

/**
 * The browser of the npm package, unpacked once into a folder of this user below `parent` and found there ever after.
 * Any number of processes may call this at once: each unpacks aside, the first to finish gives its folder the name.
 * @param parent @default the system's folder for temporary files
 * @param onUnpack called when it is not there yet
 * @throws StandstillError; Error on machines the package has no browser for, when the folder belongs to somebody else, and
 *   when unpacking fails
 */
export async function unpackedChromium(
  parent = tmpdir(),
  signal?: AbortSignal,
  onUnpack?: (folder: string) => void,
): Promise<ChromiumInstallation> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`the bundled browser runs on Linux x64 only, not on ${process.platform} ${process.arch}`);
  }
  const main = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const { version } = JSON.parse(await readFile(join(dirname(main), '../../package.json'), 'utf8')) as {
    version: string;
  };
  const name = `tep-chromium-${version}-${userId()}` as const;
  const folder = join(parent, name);
  if (!(await isComplete(folder))) {
    onUnpack?.(folder);
    await removeAbandonedFolders(parent);
    const aside = await ProcessFolder.make(name, parent);
    try {
      await unpack(aside.path, folder, signal);
    } finally {
      await aside.remove();
    }
  }
  return {
    executablePath: join(folder, 'chromium'),
    environment: { LD_LIBRARY_PATH: join(folder, 'al2023/lib'), FONTCONFIG_PATH: join(folder, 'fonts') },
  };
}

/** In a process of its own, which ends with this one: inflating 190 MB would hold the threads and the memory of this one. */
async function unpack(aside: string, folder: string, signal: AbortSignal | undefined): Promise<void> {
  const moduleUrl = pathToFileURL(createRequire(import.meta.url).resolve('@sparticuz/chromium')).href;
  const program = `process.stdin.on('end', () => process.exit(1)).resume();
const { default: exported } = await import(${JSON.stringify(moduleUrl)});
await (exported.default ?? exported).executablePath();
process.exit(0);`;
  const unpacking = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    // the package unpacks into TMPDIR, and its shared libraries only where it believes to be in Amazon's cloud
    env: { TMPDIR: aside, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
    signal,
    killSignal: 'SIGKILL',
  });
  await watched(unpacking, unpacking.child);
  for (const name of await readdir(aside)) {
    if (!NEEDED.includes(name)) await rm(join(aside, name), { recursive: true });
  }
  await writeFile(join(aside, 'fonts/fonts.conf'), fontConfiguration(folder));
  await writeFile(join(aside, MANIFEST), JSON.stringify(await sizesBelow(aside)));
  await moveInto(aside, folder);
}

/** @throws StandstillError when the process gets nowhere; it is ended then */
async function watched(unpacking: Promise<unknown>, process: ChildProcess): Promise<void> {
  if (process.pid === undefined) return void (await unpacking);
  const watch = new StandstillWatch('Unpacking the browser', process.pid, UNPACK_LIMITS);
  try {
    await unlessStopped(unpacking, watch.signal);
  } finally {
    watch.end();
    process.kill('SIGKILL');
  }
}

/** Other processes may be putting the same folder right at the same time: whoever comes first is as good. */
async function moveInto(aside: string, folder: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(aside, folder);
    } catch (error) {
      if (await isComplete(folder)) return;
      if (!isCode(error, 'ENOTEMPTY', 'EEXIST') || attempt === MOST_MOVES) throw error;
    }
    // something removed files from it, as cleaners of temporary files do
    const broken = `${aside}.broken-${attempt}`;
    try {
      await rename(folder, broken);
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw error;
    }
    await rm(broken, { recursive: true, force: true });
  }
}

/** @throws Error when the folder exists but somebody else could have put files there */
async function isComplete(folder: string): Promise<boolean> {
  try {
    const about = await lstat(folder);
    const ours = about.isDirectory() && about.uid === userId() && (about.mode & 0o022) === 0;
    if (!ours) throw new Error(`${folder} is not a folder that only this user can write to; remove it`);
    const sizes = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as Record<string, number>;
    for (const [file, size] of Object.entries(sizes)) {
      if ((await stat(join(folder, file))).size !== size) return false;
    }
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

async function sizesBelow(folder: string): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    sizes[path.slice(folder.length + 1)] = (await stat(path)).size;
  }
  return sizes;
}

/** Without any font Chromium prints blank pages, even where every letter has a web font. */
function fontConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(folder, 'fonts/fonts')}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>
`;
}

/** By number: a container may run as a user without a name. */
function userId(): number {
  return process.getuid?.() ?? 0;
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}
