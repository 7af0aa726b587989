// `npm run mutate -- FOLDER`: how much of what is broken on purpose in a folder its own specs notice.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWith, filesBelow, mutantsOf } from './mutants.mjs';
import { MutatedSpec } from './mutated-spec.mjs';
import { SpecProcess } from './spec-process.mjs';

const USAGE =
  'npm run mutate -- FOLDER [--mutants 200] [--seed 1] [--processes 2] [--pure] [--specs NAME] [--again]';
const FIRST_PATIENCE_MS = 600_000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    mutants: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: '2' },
    pure: { type: 'boolean', default: false },
    specs: { type: 'string', default: '' },
    again: { type: 'boolean', default: false },
  },
});
const [folder] = positionals.map((each) => each.replace(/\/$/, ''));
const { pure, specs: named, again, ...texts } = values;
const wholeNumbers = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Number(text)]));
if (!folder || Object.values(wholeNumbers).some((each) => !Number.isSafeInteger(each) || each < 1)) {
  console.error(`Usage: ${USAGE}\nEach option is a whole number from 1.`);
  process.exit(2);
}
const { mutants: wanted, seed, processes } = wholeNumbers;

const project = realpathSync(mkdtempSync(join(tmpdir(), 'tep-mutants-')));
process.on('exit', () => rmSync(project, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

async function inLanes(items, work) {
  const waiting = [...items];
  const lane = async () => {
    const specProcess = new SpecProcess(project);
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift())
      await work(item, specProcess);
    specProcess.end();
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

const RESULTS = `var/mutants/${folder.replaceAll('/', '-')}.json`;

/**
 * What an earlier run of the same mutants killed: more tests kill no fewer, so only the others are tried again. Mutants are the
 * same when each is still of the same kind in the same file; lines may have moved and names changed.
 */
function killedBefore(chosen, total) {
  if (!existsSync(RESULTS)) throw new Error(`There is no ${RESULTS} to go on from.`);
  const before = JSON.parse(readFileSync(RESULTS, 'utf8'));
  const known = new Map(before.results.map((each) => [each.id, each]));
  const fileOf = ({ place }) => place.split(':')[0];
  const isSame = (one, other) => one?.mutator === other.mutator && fileOf(one) === fileOf(other);
  if (before.total !== total || !chosen.every((mutant) => isSame(known.get(mutant.id), mutant)))
    throw new Error(`${RESULTS} is of other mutants: the sources or the options have changed.`);
  return chosen.flatMap((mutant) => {
    const { outcome } = known.get(mutant.id);
    return outcome.startsWith('killed') ? [{ ...mutant, outcome }] : [];
  });
}

const { files, mutants: chosen, total } = await mutantsOf(folder, (mutants) => drawn(mutants, wanted));
const results = again ? killedBefore(chosen, total) : [];
const killedIds = new Set(results.map(({ id }) => id));
buildWith(files, project);

const specs = [];
await inLanes(
  filesBelow(join('dist', folder)).filter(
    (name) =>
      name.endsWith('.spec.js') && name.includes(named) && !(pure && name.endsWith('.feature.spec.js')),
  ),
  async (path, specProcess) => {
    // a process of its own: what a module does when it is loaded is seen once in each
    specProcess.end();
    const { outcome, failure, durationMs, coverage } = await specProcess.run({
      spec: join(project, path),
      patienceMs: FIRST_PATIENCE_MS,
    });
    if (outcome !== 'passed') throw new Error(`${path} ${outcome} without a mutant: ${failure}`);
    specs.push(new MutatedSpec(join(project, path), durationMs, coverage));
  },
);
specs.sort((a, b) => a.durationMs - b.durationMs);

console.log(`${folder}: ${total} mutants, ${chosen.length} drawn by seed ${seed}, ${specs.length} specs`);
const untried = chosen.filter(({ id }) => !killedIds.has(id));
await inLanes(untried, async (mutant, specProcess) => {
  const reaching = specs.filter((spec) => spec.reaches(mutant.switchId));
  let outcome = reaching.length === 0 ? 'not reached' : 'survived';
  for (const spec of reaching) {
    const seen = await spec.verdict(mutant.switchId, specProcess);
    if (seen === 'passed') continue;
    outcome = seen === 'hung' ? 'killed, it hung' : 'killed';
    break;
  }
  results.push({ ...mutant, outcome });
  if (results.length % 20 === 0) console.log(`${results.length} of ${chosen.length} tried`);
});

const survivors = results.filter(({ outcome }) => !outcome.startsWith('killed'));
for (const { place, mutator, original, replacement, outcome } of survivors)
  console.log(`${place} ${mutator} ${outcome}\n  - ${original}\n  + ${replacement.split('\n')[0]}`);
const killed = results.length - survivors.length;
console.log(
  `${folder}: ${killed} of ${results.length} killed, ${((100 * killed) / results.length).toFixed(1)} %`,
);
mkdirSync('var/mutants', { recursive: true });
writeFileSync(
  `var/mutants/${folder.replaceAll('/', '-')}.json`,
  `${JSON.stringify({ folder, seed, total, results }, null, 1)}\n`,
);
