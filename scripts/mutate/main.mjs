// `npm run mutate -- FOLDER`: how much of what is broken on purpose in a folder its own specs notice.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWith, filesBelow, mutantsOf } from './mutants.mjs';

const USAGE = 'npm run mutate -- FOLDER [--mutants 200] [--seed 1] [--processes 2]';
const FIRST_PATIENCE_MS = 600_000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    mutants: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: '2' },
  },
});
const [folder] = positionals.map((each) => each.replace(/\/$/, ''));
const wholeNumbers = Object.fromEntries(Object.entries(values).map(([name, text]) => [name, Number(text)]));
if (!folder || Object.values(wholeNumbers).some((each) => !Number.isSafeInteger(each) || each < 1)) {
  console.error(`Usage: ${USAGE}\nEach option is a whole number from 1.`);
  process.exit(2);
}
const { mutants: wanted, seed, processes } = wholeNumbers;

const project = realpathSync(mkdtempSync(join(tmpdir(), 'tep-mutants-')));
process.on('exit', () => rmSync(project, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** @returns 'passed', 'failed' or 'hung', and how long it took */
function runSpec(spec, { mutant, coverage, patienceMs }) {
  return new Promise((resolve, reject) => {
    const begun = Date.now();
    const child = spawn(
      process.execPath,
      ['--enable-source-maps', 'scripts/mutate/run-spec.mjs', spec, ...(coverage ? [coverage] : [])],
      {
        cwd: project,
        detached: true,
        stdio: ['ignore', 'ignore', mutant ? 'ignore' : 'inherit'],
        env: { ...process.env, ...(mutant && { __STRYKER_ACTIVE_MUTANT__: mutant }) },
      },
    );
    let isHung = false;
    const timer = setTimeout(() => {
      isHung = true;
      // the group: what a spec has started ends with it
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    }, patienceMs);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve({
        outcome: isHung ? 'hung' : code === 0 ? 'passed' : 'failed',
        durationMs: Date.now() - begun,
      });
    });
  });
}

async function inLanes(items, work) {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: processes }, lane));
}

/** Fisher–Yates with mulberry32: the same seed draws the same mutants of the same sources. */
function drawn(items, count) {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const all = [...items];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all.slice(0, count);
}

const { files, mutants } = await mutantsOf(folder);
buildWith(files, project);

const specs = [];
await inLanes(
  filesBelow(join('dist', folder)).filter((name) => name.endsWith('.spec.js')),
  async (path) => {
    const coverage = join(project, `${path.replaceAll('/', '_')}.json`);
    const spec = join(project, path);
    const { outcome, durationMs } = await runSpec(spec, { coverage, patienceMs: FIRST_PATIENCE_MS });
    if (outcome !== 'passed') throw new Error(`${path} ${outcome} without a mutant.`);
    specs.push({ spec, durationMs, reached: new Set(JSON.parse(readFileSync(coverage, 'utf8'))) });
  },
);
specs.sort((a, b) => a.durationMs - b.durationMs);

const chosen = drawn(mutants, wanted);
console.log(
  `${folder}: ${mutants.length} mutants, ${chosen.length} drawn by seed ${seed}, ${specs.length} specs`,
);
const results = [];
await inLanes(chosen, async (mutant) => {
  const reaching = specs.filter(({ reached }) => reached.has(mutant.id));
  let outcome = reaching.length === 0 ? 'not reached' : 'survived';
  for (const { spec, durationMs } of reaching) {
    const seen = await runSpec(spec, { mutant: mutant.id, patienceMs: 30_000 + 6 * durationMs });
    if (seen.outcome === 'passed') continue;
    outcome = seen.outcome === 'hung' ? 'killed, it hung' : 'killed';
    break;
  }
  results.push({ ...mutant, outcome });
  if (results.length % 20 === 0) console.log(`${results.length} of ${chosen.length} tried`);
});

const lives = results.filter(({ outcome }) => !outcome.startsWith('killed'));
for (const { place, mutator, original, replacement, outcome } of lives)
  console.log(`${place} ${mutator} ${outcome}\n  - ${original}\n  + ${replacement.split('\n')[0]}`);
const killed = results.length - lives.length;
console.log(
  `${folder}: ${killed} of ${results.length} killed, ${((100 * killed) / results.length).toFixed(1)} %`,
);
mkdirSync('var/mutants', { recursive: true });
writeFileSync(
  `var/mutants/${folder.replaceAll('/', '-')}.json`,
  `${JSON.stringify({ folder, seed, results }, null, 1)}\n`,
);
