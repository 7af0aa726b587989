import { API_PREFIX } from '#platform';
import { ApiProblem, type DemoClient, inWords } from './client.js';
import { detectorCount, scorerLagMs, STANDSTILL_MS } from './health.js';

const PLANT = `${API_PREFIX}/plant`;
const HOUR_MS = 3_600_000;
/** Plant time in which a disturbance shows, if it ever does. */
const DETECTION_LIMIT_MS = 6 * HOUR_MS;
/** Plant time after which detectors that are in alarm since before are not waited for. */
const SETTLING_LIMIT_MS = 3 * HOUR_MS;
/** Plant time by which detectors that keep up are behind: two samples, and what they take. */
const FOLLOWS_WITHIN_MS = 600_000;
const MAX_RESTARTS = 3;
const REPORT_EVERY_MS = 30_000;

export interface FoundAnomaly {
  anomaly_id: number;
  detector: string;
  eq_id: string | null;
  started_at: string;
  detected_at: string;
  contributions: { tag: string; name: string; share: number }[];
}

interface PlantReply {
  time: string;
  wall_time: string;
  speed: number;
  state: string;
  samples_written: number;
  disturbances: { idv: number; title: string; since: string }[];
  shutdown: { description: string; at: string } | null;
}

/** A disturbance that was found. */
export interface Detection {
  /** Plant time at which it began. */
  since: string;
  anomaly: FoundAnomaly;
}

/** The live plant as the demonstration handles it: running, disturbed, and left as it was. */
export class DemoPlant {
  private restarts = 0;
  private disturbed = false;

  constructor(
    private client: DemoClient,
    private readonly idv: number,
  ) {}

  /**
   * Disturbs the plant and waits until the detectors show it. A plant that trips meanwhile is restarted and disturbed again.
   * @throws Error when they do not within six hours of plant time, or the plant or the detectors stand still
   */
  async disturbUntilDetected(): Promise<Detection> {
    for (;;) {
      const { since } = await this.disturb();
      const anomaly = await this.detect(since);
      if (anomaly !== 'tripped') return { since, anomaly };
    }
  }

  /**
   * Removes the disturbance, if there was one, and restarts the plant if that has tripped it.
   * @param client to do so with: the other one may have been interrupted
   */
  async leave(client: DemoClient): Promise<void> {
    if (!this.disturbed) return;
    this.client = client;
    try {
      await this.client.delete(`${PLANT}/disturbances/${this.idv}`);
      console.log(`\nRemoved the disturbance IDV ${this.idv}.`);
    } catch (error) {
      if (!isProblem(error, 'DISTURBANCE_NOT_ACTIVE')) throw error;
    }
    const plant = await this.read();
    if (plant.state === 'shutdown') await this.restart(plant);
  }

  /** @returns the disturbance that is on now */
  private async disturb(): Promise<PlantReply['disturbances'][number]> {
    const plant = await this.running();
    console.log(`The plant is running, ${plant.speed} times as fast as real time.`);
    console.log(`It is ${plant.time} plant time, ${plant.wall_time} wall time.`);
    const leftOver = this.disturbanceOf(plant);
    if (leftOver) {
      this.disturbed = true;
      console.log(
        `IDV ${this.idv} (${leftOver.title}) is on already since ${leftOver.since} plant time; using that.`,
      );
      return leftOver;
    }
    await this.settled();
    this.disturbed = true;
    try {
      await this.client.post(`${PLANT}/disturbances`, { idv: this.idv });
    } catch (error) {
      // asked a second time it is on already, and a plant that has tripped meanwhile shows it below
      if (!isProblem(error, 'DISTURBANCE_ACTIVE', 'PLANT_SHUT_DOWN')) throw error;
    }
    const standstill = new Standstill('the plant to take the disturbance');
    const disturbance = await this.client.poll(async () => {
      const now = await this.read();
      if (now.state === 'shutdown') return 'tripped';
      standstill.check(now.time);
      return this.disturbanceOf(now);
    });
    if (disturbance === 'tripped') return this.disturb();
    console.log(`Injected IDV ${this.idv}: ${disturbance.title}.`);
    return disturbance;
  }

  private async detect(since: string): Promise<FoundAnomaly | 'tripped'> {
    const limit = inWords(DETECTION_LIMIT_MS);
    console.log(`Waiting for the detectors, for at most ${limit} of plant time.`);
    const scored = this.followScoring('the detectors to get on', Date.parse(await this.now()));
    return this.client.poll(async () => {
      const anomaly = clearest(await this.anomaliesFrom(since));
      if (anomaly) return anomaly;
      if ((await this.read()).state === 'shutdown') return 'tripped';
      if ((await scored()) > DETECTION_LIMIT_MS)
        throw new Error(`No detector has noticed IDV ${this.idv} within ${limit} of plant time`);
      return undefined;
    });
  }

  /**
   * Detectors that are in alarm since before, as an earlier disturbance leaves them, would not notice another one. Some take
   * many hours to come to rest, so half of them must do.
   */
  private async settled(): Promise<void> {
    const scored = this.followScoring('the detectors to get on', Date.parse(await this.now()));
    // what they have not seen yet may still raise an alarm
    await this.client.poll(async () => ((await scored()) >= -FOLLOWS_WITHIN_MS ? true : undefined));
    const detectors = (await detectorCount(this.client)) ?? Infinity;
    const atRest = async (): Promise<boolean> => (await this.inAlarm()) <= detectors / 2;
    if (await atRest()) return;
    console.log(
      'Most detectors are in alarm since before. Waiting for them to come to rest, ' +
        `for at most ${inWords(SETTLING_LIMIT_MS)} of plant time.`,
    );
    await this.client.poll(async () => {
      if ((await atRest()) || (await scored()) > SETTLING_LIMIT_MS) return true;
      return (await this.read()).state === 'shutdown' ? true : undefined;
    });
  }

  private async inAlarm(): Promise<number> {
    const { items } = await this.client.get<{ items: FoundAnomaly[] }>(
      `${API_PREFIX}/anomalies?state=open&limit=100`,
    );
    return new Set(items.map(({ detector }) => detector)).size;
  }

  /**
   * @returns asks how much plant time the detectors have seen since `fromMs`, negative before that; prints it now and then
   */
  private followScoring(what: string, fromMs: number): () => Promise<number> {
    const standstill = new Standstill(what);
    let printedAt = performance.now();
    return async () => {
      const { time } = await this.read();
      const seenMs = Date.parse(time) - (await scorerLagMs(this.client)) - fromMs;
      standstill.check(Math.floor(seenMs / 60_000));
      if (performance.now() - printedAt > REPORT_EVERY_MS) {
        printedAt = performance.now();
        console.log(
          seenMs < 0
            ? `  The detectors are still ${inWords(-seenMs)} of plant time behind.`
            : `  ${inWords(seenMs)} of plant time so far.`,
        );
      }
      return seenMs;
    };
  }

  /** The plant, once it runs. @throws Error when it is not one that can */
  private async running(): Promise<PlantReply> {
    const standstill = new Standstill('the plant to start');
    let printed = false;
    return this.client.poll(async () => {
      const plant = await this.read();
      if (plant.state === 'running') return plant;
      if (plant.state === 'shutdown') await this.restart(plant);
      else if (plant.state !== 'starting')
        throw new Error(`the plant is ${plant.state}; see PATCH ${PLANT} and PLANT_SOURCE`);
      else if (!printed) console.log('Waiting for the plant to make its history …');
      printed = true;
      standstill.check(plant.samples_written);
      return undefined;
    });
  }

  private async restart({ shutdown }: PlantReply): Promise<void> {
    if (++this.restarts > MAX_RESTARTS)
      throw new Error(`The plant has tripped ${this.restarts} times; IDV ${this.idv} is too much for it`);
    console.log(
      `\nThe plant tripped at ${shutdown?.at} plant time: ${shutdown?.description}. Restarting it.`,
    );
    try {
      await this.client.post(`${PLANT}/restart`);
    } catch (error) {
      if (!isProblem(error, 'PLANT_NOT_SHUT_DOWN')) throw error;
    }
    const standstill = new Standstill('the plant to restart');
    await this.client.poll(async () => {
      standstill.check('shut down');
      return (await this.read()).state === 'shutdown' ? undefined : true;
    });
  }

  private async anomaliesFrom(since: string): Promise<FoundAnomaly[]> {
    const { items } = await this.client.get<{ items: FoundAnomaly[] }>(
      `${API_PREFIX}/anomalies?from=${encodeURIComponent(since)}&limit=100`,
    );
    return items.filter((item) => Date.parse(item.started_at) > Date.parse(since));
  }

  private read(): Promise<PlantReply> {
    return this.client.get<PlantReply>(PLANT);
  }

  private async now(): Promise<string> {
    return (await this.read()).time;
  }

  private disturbanceOf(plant: PlantReply): PlantReply['disturbances'][number] | undefined {
    return plant.disturbances.find(({ idv }) => idv === this.idv);
  }
}

/** Gives up waiting when what is waited for has not changed for so much wall time. */
class Standstill {
  private seen: unknown;
  private changedAt = performance.now();

  constructor(private readonly what: string) {}

  check(now: unknown): void {
    if (now !== this.seen) {
      this.seen = now;
      this.changedAt = performance.now();
    } else if (performance.now() - this.changedAt > STANDSTILL_MS) {
      throw new Error(`Waited ${inWords(STANDSTILL_MS)} in vain for ${this.what}`);
    }
  }
}

/** Of the anomalies that came up together, the one that points most clearly at a tag. */
function clearest(anomalies: FoundAnomaly[]): FoundAnomaly | undefined {
  const clarity = ({ contributions }: FoundAnomaly): number => contributions[0]?.share ?? 0;
  return [...anomalies].sort((a, b) => clarity(b) - clarity(a))[0];
}

function isProblem(error: unknown, ...codes: string[]): boolean {
  return error instanceof ApiProblem && codes.includes(error.code);
}
