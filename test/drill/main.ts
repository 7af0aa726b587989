import { readFileSync, rmSync } from 'node:fs';
import { SeededRandom } from '#ml';
import { configureLogging, projectPath } from '#platform';
import { missingPrograms } from '../harness/own-servers.js';
import { embeddedDrill } from './embedded-drill.js';
import type { Invariant } from './invariants.js';
import { serverDrill } from './server-drill.js';

/**
 * `npm run drill [-- SEED]`: kills, stops, silences and cuts whatever the product runs on while it works, then looks whether
 * anything that was accepted is lost, done twice or wrong. The seed decides the order of the faults and whom they hit.
 */
const NEEDED = ['mariadbd', 'mariadb-install-db', 'redis-server'];
const SHOWN_VIOLATIONS = 10;
const LIMIT_MS = 600_000;

configureLogging('silent', 'drill');
const seed = Number(process.argv[2] ?? Date.now() % 1_000_000);
if (!Number.isSafeInteger(seed)) throw new Error(`the seed must be a whole number, not ${process.argv[2]}`);
const started = performance.now();
const say = (line: string): void =>
  console.log(`${((performance.now() - started) / 1_000).toFixed(0).padStart(4)} s  ${line}`);
console.log(`drill, seed ${seed} (again: npm run drill -- ${seed})`);

rmSync(projectPath('var', 'drill'), { recursive: true, force: true });
const random = new SeededRandom(seed);
const missing = missingPrograms(...NEEDED);
const drills = [
  { name: 'server profile', drill: serverDrill, skipped: missing },
  { name: 'embedded profile', drill: embeddedDrill, skipped: [] as string[] },
];
setTimeout(giveUp, LIMIT_MS).unref();
let failed = 0;
let passed = 0;
for (const { name, drill, skipped } of drills) {
  if (skipped.length > 0) {
    console.log(`\n!!! SKIPPED: the drill of the ${name}; this machine lacks ${skipped.join(', ')}\n`);
    if (process.env.CI === 'true') failed++;
    continue;
  }
  console.log(`\n${name}; what the processes say is in var/drill`);
  for (const invariant of await drill(() => random.next(), say)) {
    show(invariant);
    if (invariant.violations.length > 0) failed++;
    else passed++;
  }
}
console.log(`\ndrill: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** Ends what the drill has started, and the drill. */
function giveUp(): void {
  console.log(`\ndrill: not over after ${LIMIT_MS / 1_000} s`);
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  for (const pid of children.trim().split(/\s+/)) process.kill(Number(pid), 'SIGKILL');
  process.exit(1);
}

function show({ name, checked, violations }: Invariant): void {
  console.log(`  ${violations.length === 0 ? 'ok    ' : 'FAILED'} ${name} (${checked})`);
  for (const violation of violations.slice(0, SHOWN_VIOLATIONS)) console.log(`           ${violation}`);
  if (violations.length > SHOWN_VIOLATIONS)
    console.log(`           … and ${violations.length - SHOWN_VIOLATIONS} more`);
}
