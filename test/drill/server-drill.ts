import { setTimeout } from 'node:timers/promises';
import { alarmsFollowSamples, setTightLimits } from './alarm-invariant.js';
import { Cluster } from './cluster.js';
import { FAULTS } from './faults.js';
import {
  type Invariant,
  jobsAreCompletedOnce,
  nothingIsLeft,
  pdfsSayWhatWasAsked,
  processesAreUp,
  samplesAreScored,
  samplesAreThere,
} from './invariants.js';
import { JobsLedger } from './jobs-ledger.js';
import { Aim } from './kill-aim.js';
import { SampleStream } from './sample-stream.js';

const PREDICTIONS = 300;
const REPORTS = 40;
/** A prediction reads the four hours before its moment; moments lie within the last half hour of these. */
const HISTORY_HOURS = 5;
/** What the clients can send while the faults last; its end is about now, so that the scorer is at its end, too. */
const STREAM_DAYS = 4;
const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;
const RECORD_MS = 180_000;
/** Calm between two faults. */
const CALM_MS = { least: 1_000, most: 3_000 };
/** Every fault is over; what has not come to an end by then never will. */
const DRAIN_TIMEOUT_MS = 240_000;
const SETTLE_TIMEOUT_MS = 90_000;
const POLL_MS = 1_000;
const UNITS = ['REACTOR', 'SEPARATOR', 'STRIPPER'];

/** API, workers, MariaDB, Redis and the network fail one after the other while clients ask for jobs and send samples. */
export async function serverDrill(random: () => number, say: (line: string) => void): Promise<Invariant[]> {
  const cluster = await Cluster.start();
  try {
    const aim = new Aim(cluster);
    await aim.prepare();
    // Reports of the first hours lie within one day.
    const startMs = Math.floor(Date.now() / DAY_MS - STREAM_DAYS) * DAY_MS;
    const stream = new SampleStream(cluster.apis, random, {
      startMs,
      historyHours: HISTORY_HOURS,
      hours: Math.floor((Date.now() - startMs) / RECORD_MS) / (HOUR_MS / RECORD_MS),
    });
    const ledger = new JobsLedger(cluster.apis, random);
    await setTightLimits(cluster);
    await stream.begin();
    say(`${cluster.members.length} processes are up, four clients send samples`);

    let reports = 0;
    const askForReports = (count: number): void => {
      for (let i = 0; i < count && reports < REPORTS; i++)
        ledger.ask('reports', reportRequest(startMs, reports++));
    };
    const faults = shuffled(FAULTS, random);
    const predictionsPerFault = Math.ceil(PREDICTIONS / faults.length);
    let predictions = 0;
    for (const fault of faults) {
      for (let i = 0; i < predictionsPerFault && predictions < PREDICTIONS; i++)
        ledger.ask('predictions', predictionRequest(startMs, predictions++));
      const began = performance.now();
      const hit = await fault.strike({ cluster, aim, askForReports, random });
      await ledger.look();
      say(`${fault.name}: ${hit} (${((performance.now() - began) / 1_000).toFixed(1)} s)`);
      await setTimeout(CALM_MS.least + (CALM_MS.most - CALM_MS.least) * random());
    }
    askForReports(REPORTS);
    await stream.end();
    await ledger.settled();
    say(
      `all is calm; ${await ledger.look()} of ${ledger.accepted.length} accepted jobs are not finished yet`,
    );
    await until(DRAIN_TIMEOUT_MS, async () => (await ledger.look()) === 0);
    await until(SETTLE_TIMEOUT_MS, async () => (await processesAreUp(cluster)).violations.length === 0);
    await until(
      SETTLE_TIMEOUT_MS,
      async () => (await samplesAreScored(stream, cluster)).violations.length === 0,
    );
    await until(
      SETTLE_TIMEOUT_MS,
      async () => (await alarmsFollowSamples(stream, cluster)).violations.length === 0,
    );
    return [
      asked(ledger),
      ...(await jobsAreCompletedOnce('predictions', ledger, cluster)),
      ...(await jobsAreCompletedOnce('reports', ledger, cluster)),
      await pdfsSayWhatWasAsked(ledger),
      await samplesAreThere(stream, cluster),
      await samplesAreScored(stream, cluster),
      await alarmsFollowSamples(stream, cluster),
      await processesAreUp(cluster),
      await stopsCleanly(cluster),
      await nothingIsLeft(cluster.temporaryFolder),
    ];
  } finally {
    await cluster.drop();
  }
}

function asked(ledger: JobsLedger): Invariant {
  const violations = [...ledger.violations];
  if (ledger.accepted.length !== PREDICTIONS + REPORTS)
    violations.push(`${ledger.accepted.length} of ${PREDICTIONS + REPORTS} were accepted`);
  return {
    name: 'requests accepted in the end, never answered with 500',
    checked: PREDICTIONS + REPORTS,
    violations,
  };
}

async function stopsCleanly(cluster: Cluster): Promise<Invariant> {
  const codes = await Promise.all(
    cluster.members.map(async (member) => [member.name, await member.stop()] as const),
  );
  return {
    name: 'processes stop with code 0',
    checked: codes.length,
    violations: codes.filter(([, code]) => code !== 0).map(([name, code]) => `${name} ended with ${code}`),
  };
}

/** Within the history, so that every one of them has a whole window. */
function predictionRequest(startMs: number, index: number): Record<string, string | number> {
  const at = startMs + HISTORY_HOURS * HOUR_MS - RECORD_MS * (1 + (index % 10));
  return {
    eq_id: UNITS[index % UNITS.length],
    at: new Date(at).toISOString(),
    horizon_steps: 1 + (index % 20),
  };
}

/** Each with a period of its own within the history. */
function reportRequest(startMs: number, index: number): Record<string, string> {
  const from = startMs + 60_000 * index;
  const to = startMs + 3 * HOUR_MS + 60_000 * index;
  return {
    ...(index % 2 === 0 ? { type: 'daily' } : { type: 'equipment', eq_id: UNITS[index % UNITS.length] }),
    lang: index % 4 < 2 ? 'en' : 'ko',
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

/** Waits until it is so; the invariants say what is not so when the time is over. */
async function until(timeoutMs: number, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline && !(await isSo().catch(() => false))) await setTimeout(POLL_MS);
}
