import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { PGLITE_OPTIONS } from './settings.js';

/**
 * Run as a process of its own: `node pglite-folder.js FOLDER TEMPLATE`. Unpacks a template into a new folder, which
 * appears under its name only when it is complete: being killed half way leaves no ruin. It ends when whoever started it does,
 * and should another one be at it nevertheless, each has a folder of its own.
 */
process.stdin.on('end', () => process.exit(1)).resume();
const [, , dataDir, templateFile] = process.argv;
const unfinished = `${dataDir}.unfinished-${process.pid}`;
const parent = dirname(dataDir);
for (const name of readdirSync(parent))
  if (name.startsWith(`${basename(dataDir)}.unfinished`))
    rmSync(join(parent, name), { recursive: true, force: true });
mkdirSync(unfinished, { recursive: true });
const loadDataDir = new Blob([readFileSync(templateFile)]);
const database = await PGlite.create({ ...PGLITE_OPTIONS, dataDir: unfinished, loadDataDir });
await database.close();
// Unpacking leaves no turn in which to notice that whoever started this has ended.
await setImmediate();
renameSync(unfinished, dataDir);
process.exit(0);
