import { setTimeout } from 'node:timers/promises';
import { waitFor } from '../harness/wait-for.js';
import type { Cluster, Member } from './cluster.js';
import type { Aim } from './kill-aim.js';

/** What a fault is done to, and what decides its details. */
interface FaultScene {
  cluster: Cluster;
  aim: Aim;
  /** Asks for reports, so that there is something to hit. */
  askForReports: (count: number) => void;
  /** Uniform in [0, 1), from the seed. */
  random: () => number;
}

export interface Fault {
  name: string;
  /** @returns what was hit, for the log */
  strike(scene: FaultScene): Promise<string>;
}

const RESTART_AFTER_MS = 3_000;

function oneOf<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)];
}

/** Between `least` and `most` seconds. */
function seconds(random: () => number, least: number, most: number): number {
  return 1_000 * (least + (most - least) * random());
}

async function restartLater(member: Member, random: () => number): Promise<void> {
  await setTimeout(RESTART_AFTER_MS * random());
  member.launch();
  await member.ready();
}

/** Kills whichever worker the aim finds inside a step of a report. */
const killInside = (step: 'begin' | 'print' | 'complete'): Fault => ({
  name: `kill -9 of a worker inside ${step}`,
  async strike({ aim, askForReports, random }) {
    askForReports(5);
    const victim = await aim.killInside(step);
    await restartLater(victim, random);
    return victim.name;
  },
});

const killApi: Fault = {
  name: 'kill -9 of an API',
  async strike({ cluster, random }) {
    const victim = oneOf(cluster.apis, random);
    await victim.kill();
    await restartLater(victim, random);
    return victim.name;
  },
};

const stopWorker: Fault = {
  name: 'SIGTERM to a worker with work',
  async strike({ cluster, askForReports, random }) {
    askForReports(3);
    const victim = oneOf(cluster.workers, random);
    const code = await victim.stop();
    if (code !== 0) victim.deaths.push(`${victim.name} ended with ${code} when asked to stop`);
    await restartLater(victim, random);
    return victim.name;
  },
};

/** Longer than the lock of its jobs: others take them over, and it wakes up believing they are its own. */
const sleepingWorker: Fault = {
  name: 'a worker that sleeps while its jobs are taken over',
  async strike({ cluster, askForReports, random }) {
    askForReports(4);
    await setTimeout(1_000);
    const victim = oneOf(cluster.workers, random);
    const ms = seconds(random, 28, 34);
    victim.pause();
    await setTimeout(ms);
    victim.resume();
    return `${victim.name}, ${Math.round(ms / 1_000)} s`;
  },
};

const sleepingApi: Fault = {
  name: 'an API that sleeps',
  async strike({ cluster, random }) {
    const victim = oneOf(cluster.apis, random);
    victim.pause();
    await setTimeout(seconds(random, 3, 8));
    victim.resume();
    return victim.name;
  },
};

const redisRestart: Fault = {
  name: 'kill -9 of Redis',
  async strike({ cluster: { redis }, random }) {
    await redis.kill();
    await setTimeout(seconds(random, 1, 6));
    await redis.start();
    return 'append-only file kept';
  },
};

const redisSilent: Fault = {
  name: 'Redis accepts and stays silent',
  async strike({ cluster: { redis }, random }) {
    redis.pause();
    const ms = seconds(random, 5, 12);
    await setTimeout(ms);
    redis.resume();
    return `${Math.round(ms / 1_000)} s`;
  },
};

const redisFlushed: Fault = {
  name: 'Redis is flushed',
  async strike({ cluster: { redis }, askForReports }) {
    askForReports(3);
    await setTimeout(500);
    await redis.run('FLUSHALL');
    return 'every job forgotten';
  },
};

const databaseRestart: Fault = {
  name: 'kill -9 of MariaDB',
  async strike({ cluster: { mariadb }, random }) {
    await mariadb.kill();
    await setTimeout(seconds(random, 1, 6));
    await mariadb.start();
    return 'restarted';
  },
};

const databaseSilent: Fault = {
  name: 'MariaDB accepts and stays silent',
  async strike({ cluster: { mariadb }, random }) {
    mariadb.pause();
    const ms = seconds(random, 8, 15);
    await setTimeout(ms);
    mariadb.resume();
    return `${Math.round(ms / 1_000)} s`;
  },
};

/** The network between one process and both servers. */
const networkCut: Fault = {
  name: 'connections of a process are reset',
  async strike({ cluster, random }) {
    const victim = oneOf(cluster.members, random);
    for (let times = 0; times < 3; times++) {
      victim.database?.cut();
      victim.queue?.cut();
      await setTimeout(seconds(random, 0.2, 1));
    }
    return victim.name;
  },
};

const networkRefused: Fault = {
  name: 'a process is refused by both servers',
  async strike({ cluster, random }) {
    const victim = oneOf(cluster.members, random);
    await Promise.all([victim.database?.refuse(), victim.queue?.refuse()]);
    await setTimeout(seconds(random, 4, 8));
    await Promise.all([victim.database?.accept(), victim.queue?.accept()]);
    return victim.name;
  },
};

const networkSilent: Fault = {
  name: 'connections of a process fall silent for good',
  async strike({ cluster, random }) {
    const victim = oneOf(cluster.workers, random);
    victim.database?.silence();
    victim.queue?.silence();
    await setTimeout(seconds(random, 6, 12));
    victim.database?.pass();
    victim.queue?.pass();
    await waitFor(`${victim.name} to find its way back`, () => answersReady(victim), { timeoutMs: 60_000 });
    return victim.name;
  },
};

const networkSlow: Fault = {
  name: 'every byte of a process is late',
  async strike({ cluster, random }) {
    const victim = oneOf(cluster.workers, random);
    victim.database?.delay(80);
    victim.queue?.delay(80);
    await setTimeout(seconds(random, 4, 7));
    victim.database?.pass();
    victim.queue?.pass();
    return victim.name;
  },
};

async function answersReady({ url }: Member): Promise<boolean> {
  return fetch(`${url}/api/v1/health/ready`, { signal: AbortSignal.timeout(6_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** All there is, in the order of this file; the drill shuffles it. */
export const FAULTS: readonly Fault[] = [
  killInside('begin'),
  killInside('print'),
  killInside('complete'),
  killApi,
  stopWorker,
  sleepingWorker,
  sleepingApi,
  redisRestart,
  redisSilent,
  redisFlushed,
  databaseRestart,
  databaseSilent,
  networkCut,
  networkRefused,
  networkSilent,
  networkSlow,
];
