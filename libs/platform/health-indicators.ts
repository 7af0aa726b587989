import { Injectable } from '@nestjs/common';

const INDICATOR_TIMEOUT_MS = 2_000;

/** What a part of the product says of itself. `degraded` is worth a look but does not fail the whole. */
export interface HealthReading {
  status: 'up' | 'degraded' | 'down';
  [detail: string]: unknown;
}

/** Parts of the product register here how to ask them whether they are well. */
@Injectable()
export class HealthIndicators {
  private readonly indicators = new Map<string, () => Promise<HealthReading>>();

  register(name: string, check: () => Promise<HealthReading>): void {
    this.indicators.set(name, check);
  }

  /** Asks every part at once; one that throws or takes longer than 2 s is down. */
  async read(): Promise<Record<string, HealthReading>> {
    const entries = await Promise.all(
      [...this.indicators].map(async ([name, check]) => [name, await boundedReading(check)] as const),
    );
    return Object.fromEntries(entries);
  }
}

async function boundedReading(check: () => Promise<HealthReading>): Promise<HealthReading> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<HealthReading>((resolve) => {
    timer = setTimeout(
      () => resolve({ status: 'down', reason: `no answer in ${INDICATOR_TIMEOUT_MS} ms` }),
      INDICATOR_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([check(), timeout]);
  } catch (error) {
    return { status: 'down', reason: error instanceof Error ? error.name : 'unknown' };
  } finally {
    clearTimeout(timer);
  }
}
