import { type DemoClient, inWords } from './demo-client.js';

interface HealthReply {
  checks?: {
    workers?: { alive?: number };
    scorer?: { lag_ms?: number | null };
  };
}

/** Wall time without which nobody gives up, however slow the machine. */
export const STANDSTILL_MS = 300_000;
const CHECK_EVERY_MS = 10_000;

/** How far the detectors are behind the plant, in plant milliseconds. */
export async function scorerLagMs(client: DemoClient): Promise<number> {
  const health = await client.read<HealthReply>('/api/v1/health').catch((): HealthReply => ({}));
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
    const health = await this.client.read<HealthReply>('/api/v1/health').catch((): HealthReply => ({}));
    if (health.checks?.workers?.alive !== 0) this.aliveAt = performance.now();
    else if (now - this.aliveAt > STANDSTILL_MS)
      throw new Error(`No worker has been alive for ${inWords(STANDSTILL_MS)}, so nobody works on the job`);
  }
}
