import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Profile } from '../test/harness/profile-resources.js';
import type { BenchFigure } from './bench-figure.js';
import { type BenchOptions, profilesOf } from './bench-options.js';
import { median, shown } from './growth/measurement.js';
import { type NamedProcess, obstacleTo, OwnProduct } from './growth/own-product.js';
import type { SideDoor } from './growth/side-door.js';

const SPEED = 3_600;
const MINUTES = 10;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Every five seconds; in shorter runs so often that a tenth of it has several looks. */
const LOOK_EVERY_MS = { most: 5_000, least: 500 };
const LOOKS = 60;
/** Shares of the run that are compared: of ten minutes, the third and the last. */
const EARLY = [0.2, 0.3];
const LATE = [0.9, 1];
/** Memory is flat within this share. */
const FLAT = 0.1;
/** MariaDB's resident memory grows until its buffers have been written to once: these are small, so that less of it is theirs. */
const SMALL_BUFFERS = [
  '--innodb-buffer-pool-size=24M',
  '--innodb-log-buffer-size=2M',
  '--aria-pagecache-buffer-size=8M',
];
const HEAP = /^nodejs_heap_size_used_bytes (\S+)$/m;

/** Of one process, at one look. */
interface Look {
  /** Of the run that is over, 0 to 1. */
  share: number;
  residentMb: number;
  /** Of the JavaScript of its main thread; only processes of the product tell. */
  heapMb: number | undefined;
}

/**
 * The product with its plant at 3600 times real time and all detectors for ten minutes, 25 plant days: what each process keeps in
 * memory in the last minute beside the third, how fast the plant really was, and how much room a plant day takes in the database.
 */
export async function* run(options: BenchOptions): AsyncGenerator<BenchFigure> {
  const minutes = Number(options.minutes ?? MINUTES);
  if (!(minutes > 0 && minutes <= 120)) throw new Error(`--minutes must be more than 0 and at most 120`);
  for (const profile of profilesOf(options.profiles)) {
    const obstacle = obstacleTo(profile);
    if (obstacle !== undefined) process.stderr.write(`${profile}: left out, ${obstacle}\n`);
    else yield* soak(profile, minutes * MINUTE_MS);
  }
}

async function* soak(profile: Profile, lengthMs: number): AsyncGenerator<BenchFigure> {
  const say = (line: string): boolean => process.stderr.write(`${profile}: ${line}\n`);
  say('the product starts, with a day of history');
  const product = await OwnProduct.make(profile, { PLANT_SPEED: String(SPEED) }, SMALL_BUFFERS);
  let door: SideDoor | undefined;
  try {
    await product.start();
    door = await product.sideDoor();
    const before = { bytes: await door.bytes(), ...(await plantAt(product)) };
    const { looks, speeds } = await watch(product, lengthMs, say);
    const after = { bytes: await door.bytes(), ...(await plantAt(product)) };
    const figure = (name: string, value: number, unit: string): BenchFigure => ({
      bench: 'soak',
      figure: `${profile}: ${name}`,
      value: Number(value.toPrecision(4)),
      unit,
    });
    for (const [name, own] of looks) yield* memoryFigures(figure, name, own);
    const days = (after.time - before.time) / DAY_MS;
    yield figure('plant days', days, 'd');
    yield figure('speed reached, median', median(speeds), 'plant seconds/s');
    yield figure('scores behind the newest sample', await scorerLagSeconds(product), 'plant seconds');
    yield figure('database at the beginning', before.bytes, 'bytes');
    yield figure('database, a plant day', (after.bytes - before.bytes) / days, 'bytes');
  } finally {
    await door?.close();
    await product.drop();
  }
}

async function plantAt(product: OwnProduct): Promise<{ time: number }> {
  return { time: Date.parse((await product.plant()).time) };
}

/** Looks at all processes, and how fast the plant is, until the time is over. */
async function watch(
  product: OwnProduct,
  lengthMs: number,
  say: (line: string) => void,
): Promise<{ looks: Map<string, Look[]>; speeds: number[] }> {
  const { processes, serverProcesses } = product;
  const looks = new Map<string, Look[]>();
  const speeds: number[] = [];
  const began = performance.now();
  let nextWord = began + MINUTE_MS;
  const every = Math.max(LOOK_EVERY_MS.least, Math.min(LOOK_EVERY_MS.most, lengthMs / LOOKS));
  for (let passed = 0; passed < lengthMs; passed = performance.now() - began) {
    await pause(every);
    const share = (performance.now() - began) / lengthMs;
    const seen: [string, Look][] = [];
    for (const { name, pid, url } of processes)
      seen.push([
        name,
        { share, residentMb: await residentMegabytes(pid), heapMb: await heapMegabytes(url) },
      ]);
    for (const { name, pid } of serverProcesses)
      seen.push([name, { share, residentMb: await residentMegabytes(pid), heapMb: undefined }]);
    for (const [name, look] of seen) looks.set(name, [...(looks.get(name) ?? []), look]);
    speeds.push((await product.plant()).actual_speed);
    if (performance.now() < nextWord) continue;
    nextWord += MINUTE_MS;
    const sizes = seen.map(([name, { residentMb }]) => `${name} ${shown(residentMb)} MB`);
    say(`${Math.round((performance.now() - began) / MINUTE_MS)} min: ${sizes.join(', ')}`);
  }
  return { looks, speeds };
}

function memoryFigures(
  figure: (name: string, value: number, unit: string) => BenchFigure,
  name: NamedProcess['name'],
  looks: readonly Look[],
): BenchFigure[] {
  const during = ([from, to]: readonly number[], of: (look: Look) => number | undefined): number => {
    const values = looks
      .filter(({ share }) => share >= from && share <= to)
      .flatMap((look) => of(look) ?? []);
    return values.length > 0 ? median(values) : NaN;
  };
  const compared = (what: string, of: (look: Look) => number | undefined): BenchFigure[] => {
    const [early, late] = [during(EARLY, of), during(LATE, of)];
    if (Number.isNaN(early) || Number.isNaN(late)) return [];
    return [
      {
        ...figure(`${what} of ${name}, last tenth of the time`, late, 'MB'),
        rival: 'third tenth',
        rival_value: early,
      },
    ];
  };
  const resident = compared('memory', ({ residentMb }) => residentMb);
  for (const { value, rival_value: early = NaN } of resident) {
    const change = value / early - 1;
    const isFlat = Math.abs(change) <= FLAT;
    process.stderr.write(
      `${name}: ${shown(early)} → ${shown(value)} MB, ${isFlat ? 'flat' : 'NOT FLAT'} (${(100 * change).toFixed(1)} %)\n`,
    );
  }
  return [...resident, ...compared('heap', ({ heapMb }) => heapMb)];
}

async function scorerLagSeconds(product: OwnProduct): Promise<number> {
  const { checks } = await product.get<{ checks: Record<string, { lag_ms?: number } | undefined> }>(
    '/health',
  );
  return (checks.scorer?.lag_ms ?? NaN) / 1_000;
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

async function heapMegabytes(url: string): Promise<number | undefined> {
  const answer = await fetch(`${url}/metrics`);
  const page = await answer.text();
  if (!answer.ok) throw new Error(`GET /metrics answered ${answer.status}: ${page.slice(0, 500)}`);
  const bytes = HEAP.exec(page)?.[1];
  return bytes === undefined ? undefined : Number(bytes) / 2 ** 20;
}
