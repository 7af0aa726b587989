// Builds apps/dashboard into dist/dashboard, unless what it is made of is what it was made of last time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const SOURCES = 'apps/dashboard';
const OUTPUT = 'dist/dashboard';
const STAMP = 'dist/.dashboard-sources';
const TEXTS = new Set(['.html', '.js', '.css', '.svg']);

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function sourcesHash() {
  const hash = createHash('sha256');
  for (const file of [...filesIn(SOURCES), 'package-lock.json', 'scripts/build-dashboard.mjs'])
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function run(script, args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const hash = sourcesHash();
const isBuilt =
  existsSync(`${OUTPUT}/index.html`) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash;
if (!isBuilt) {
  run('node_modules/@typescript/native/bin/tsc', ['-p', SOURCES]);
  run('node_modules/vite/bin/vite.js', ['build', SOURCES, '--logLevel', 'warn']);
  for (const file of filesIn(OUTPUT))
    if (TEXTS.has(extname(file))) writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
  writeFileSync(STAMP, hash);
}
