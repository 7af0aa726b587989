#!/usr/bin/env bash
# @tensorflow/tfjs-core 4.22.0 on Node 20.20.2: importing a large CommonJS file costs several times what requiring it does.
#
# Expected: `import()` of a CommonJS package runs it as `require()` does, and costs about as much.
# Seen: 165 ms of processor time beside 25 ms for one file of 1.2 MB, in the main thread and in a worker thread alike. A profile shows
#   most of the difference in the search for the names it exports (cjs-module-lexer) and in finding out the format of the file. Each
#   worker thread pays for it again. A module that calls `createRequire(import.meta.url)` does not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @tensorflow/tfjs-core@4.22.0
cat > load.mjs <<'JS'
import { createRequire } from 'node:module';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const require = createRequire(import.meta.url);

/** Milliseconds of processor time. */
async function load(how) {
  const before = process.cpuUsage();
  if (how === 'import') await import('@tensorflow/tfjs-core');
  else require('@tensorflow/tfjs-core');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

const [, , where, how] = process.argv;
if (!isMainThread) parentPort.postMessage(await load(workerData));
else if (where === 'main') console.log(await load(how));
else new Worker(new URL(import.meta.url), { workerData: how }).on('message', (ms) => console.log(ms));
JS
cat > check.mjs <<'JS'
import { execFileSync } from 'node:child_process';

const ROUNDS = 5;
const timeOf = (...args) => Number(execFileSync(process.execPath, ['load.mjs', ...args], { encoding: 'utf8' }));
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

console.log('Node', process.version);
for (const where of ['main', 'thread']) {
  const times = { import: [], require: [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const how of ['import', 'require']) times[how].push(timeOf(where, how));
  const [imported, required] = [median(times.import), median(times.require)];
  console.log(`${where}: import ${imported.toFixed(0)} ms, require ${required.toFixed(0)} ms of processor time`);
  if (imported < 2 * required) {
    console.error('importing is no longer that much dearer');
    process.exit(1);
  }
}
JS
node check.mjs
echo 'as described'
