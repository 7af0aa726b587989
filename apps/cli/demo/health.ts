import { API_PREFIX } from '#platform';
import { type DemoClient, inWords } from './client.js';

interface HealthReply {
  checks?: {
    workers?: { alive?: number };
    detectors?: { active?: Record<string, string> };
    scorer?: { lag_ms?: number | null };
  };
}

/** Wall time without which nobody gives up, however slow the machine. */
export const STANDSTILL_MS = 300_000;
const CHECK_EVERY_MS = 10_000;

async function healthOf(client: DemoClient): Promise<HealthReply> {
  // it is answered with a failure's status when a part is down, and missing when it takes too long
  return client.read<HealthReply>(`${API_PREFIX}/health`).catch((): HealthReply => ({}));
}

/** How many detectors look at the plant; undefined when the product does not say. */
export async function detectorCount(client: DemoClient): Promise<number | undefined> {
  const active = (await healthOf(client)).checks?.detectors?.active;
  return active && Object.keys(active).length;
}

/** How far the detectors are behind the plant, in plant milliseconds. */
export async function scorerLagMs(client: DemoClient): Promise<number> {
  const health = await healthOf(client);
  return health.checks?.scorer?.lag_ms ?? 0;
}

/** Gives up what no worker is there for. */
export class WorkersWatch {
  private checkedAt = performance.now();
  private aliveAt = performance.now();

  constructor(private readonly client: DemoClient) {}

  /** @throws Error when no worker has lived for five minutes */
  async check(): Promise<void> {
    const now = performance.now();
    if (now - this.checkedAt < CHECK_EVERY_MS) return;
    this.checkedAt = now;
    const health = await healthOf(this.client);
    if (health.checks?.workers?.alive !== 0) this.aliveAt = performance.now();
    else if (now - this.aliveAt > STANDSTILL_MS)
      throw new Error(`No worker has been alive for ${inWords(STANDSTILL_MS)}, so nobody works on the job`);
  }
}
