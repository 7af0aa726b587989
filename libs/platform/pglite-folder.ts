import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PGLITE_OPTIONS } from './pglite-settings.js';

/**
 * Run as a process of its own: `node pglite-folder.js FOLDER TEMPLATE`. Unpacks a template into a new folder, which
 * appears under its name only when it is complete: being killed half way leaves no ruin.
 */
const [, , dataDir, templateFile] = process.argv;
const unfinished = `${dataDir}.unfinished`;
rmSync(unfinished, { recursive: true, force: true });
mkdirSync(unfinished, { recursive: true });
const loadDataDir = new Blob([readFileSync(templateFile)]);
const database = await PGlite.create({ ...PGLITE_OPTIONS, dataDir: unfinished, loadDataDir });
await database.close();
renameSync(unfinished, dataDir);
process.exit(0);
