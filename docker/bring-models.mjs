// node bring-models.mjs FROM TO: puts the versions of models that TO lacks into it, each whole or not at all. What is there,
// e.g. a version of that number trained here, stays as it is.
import { cpSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const [from, to] = process.argv.slice(2);
for (const name of readdirSync(from)) {
  for (const version of readdirSync(join(from, name))) {
    const target = join(to, name, version);
    if (existsSync(target)) continue;
    // No name of a version, so that nobody reads it before it is whole.
    const draft = `${target}.draft`;
    rmSync(draft, { recursive: true, force: true });
    cpSync(join(from, name, version), draft, { recursive: true });
    renameSync(draft, target);
    console.log(`${name} ${version} is in ${to} now`);
  }
}
