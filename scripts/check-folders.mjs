// At most this many source files in a folder: what grows beyond it is divided into rooms (docs/architecture.md).
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const MOST_FILES = 25;
/** Found by what they belong to, not by looking around. */
const APART = new Set(['dto', 'golden', 'templates', 'wasm']);
const FOLDERS = ['apps', 'bench', 'libs', 'migrations', 'scripts', 'test'];

function crowded(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  const sources = entries.filter(
    (entry) => entry.isFile() && /\.(tsx?|mjs)$/.test(entry.name) && !entry.name.endsWith('.spec.ts'),
  );
  const inside = entries.filter((entry) => entry.isDirectory() && !APART.has(entry.name));
  return [
    ...(sources.length > MOST_FILES ? [`${folder} has ${sources.length} source files`] : []),
    ...inside.flatMap(({ name }) => crowded(join(folder, name))),
  ];
}

const complaints = FOLDERS.flatMap(crowded);
for (const complaint of complaints) console.error(`${complaint}, ${MOST_FILES} at the most`);
if (complaints.length > 0) process.exitCode = 1;
