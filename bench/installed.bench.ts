import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectPath } from '#platform';
import { diskUsage } from '../test/image/disk-usage.js';
import type { BenchFigure } from './bench-figure.js';

const INSTALL_TIMEOUT_MS = 600_000;
/** All that decides what is installed. */
const DESCRIPTION = ['package.json', 'package-lock.json', '.npmrc'];
const NATIVE = '@tensorflow/tfjs-node';
const SHOWN_PACKAGES = 12;
const exec = promisify(execFile);

/**
 * What an installation without development packages takes of the disk, in a temporary folder: as `npm ci --omit=dev` lays it, with the
 * scripts of packages left out, and without the optional native TensorFlow, whose own script takes it away where its binary cannot be had.
 */
export async function* run(): AsyncGenerator<BenchFigure> {
  const folder = await mkdtemp(join(tmpdir(), 'tep-installed-'));
  try {
    for (const name of DESCRIPTION) await copyFile(projectPath(name), join(folder, name));
    const npm = (...args: string[]): Promise<unknown> =>
      exec('npm', [...args, '--omit=dev', '--ignore-scripts'], { cwd: folder, timeout: INSTALL_TIMEOUT_MS });
    await npm('ci');
    const packages = join(folder, 'node_modules');
    const withNative = await diskUsage(packages);
    await npm('uninstall', '--no-save', NATIVE);
    yield figure('npm ci --omit=dev', await diskUsage(packages));
    yield figure(`the same with ${NATIVE}, without its binary`, withNative);
    process.stderr.write(`${(await largest(packages)).join('\n')}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function figure(name: string, bytes: number): BenchFigure {
  return { bench: 'installed', figure: name, value: Number((bytes / 1e6).toFixed(1)), unit: 'MB' };
}

/** The packages that take most, each with a line. */
async function largest(packages: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of await readdir(packages)) {
    if (!name.startsWith('@')) names.push(name);
    else for (const inner of await readdir(join(packages, name))) names.push(`${name}/${inner}`);
  }
  const sizes: { name: string; bytes: number }[] = [];
  for (const name of names) sizes.push({ name, bytes: await diskUsage(join(packages, name)) });
  return sizes
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, SHOWN_PACKAGES)
    .map(({ name, bytes }) => `${(bytes / 1e6).toFixed(1).padStart(7)} MB  ${name}`);
}
