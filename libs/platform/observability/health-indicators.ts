import { Injectable } from '@nestjs/common';
import { AppError } from '../failure/errors.js';
import { OutOfPatienceError, withPatience } from '../failure/patience.js';

/** Of time in which this process ran. */
const INDICATOR_TIMEOUT_MS = 3_500;

/** `degraded` is worth a look but does not fail the whole. */
export const HEALTH_STATUSES = ['up', 'degraded', 'down'] as const;

/** What a part of the product says of itself. */
export interface HealthReading {
  status: (typeof HEALTH_STATUSES)[number];
  [detail: string]: unknown;
}

interface Indicator {
  check: () => Promise<HealthReading>;
  readFrom: string | undefined;
}

/** Parts of the product register here how to ask them whether they are well. */
@Injectable()
export class HealthIndicators {
  private readonly indicators = new Map<string, Indicator>();

  /** @param readFrom the part this one is known through, e.g. `database`: while that is down, nothing can be said of this one */
  register(name: string, check: () => Promise<HealthReading>, readFrom?: string): void {
    this.indicators.set(name, { check, readFrom });
  }

  /** Asks every part at once. One that fails is down; one that is slow, or cannot be known, is degraded. */
  async read(): Promise<Record<string, HealthReading>> {
    const entries = await Promise.all(
      [...this.indicators].map(async ([name, { check }]) => [name, await boundedReading(check)] as const),
    );
    const readings = new Map(entries);
    for (const [name, { readFrom }] of this.indicators) {
      if (readFrom === undefined || readings.get(name)?.status === 'up') continue;
      if (readings.get(readFrom)?.status === 'down')
        readings.set(name, { status: 'degraded', reason: `not known while ${readFrom} is down` });
    }
    return Object.fromEntries(readings);
  }
}

async function boundedReading(check: () => Promise<HealthReading>): Promise<HealthReading> {
  try {
    return await withPatience(INDICATOR_TIMEOUT_MS, check());
  } catch (error) {
    return failedReading(error);
  }
}

/** What to say of a part that could not be asked. */
export function failedReading(error: unknown): HealthReading {
  if (error instanceof OutOfPatienceError)
    return { status: 'degraded', reason: `slow: no answer in ${error.limitMs} ms` };
  if (error instanceof AppError) return { status: 'down', reason: error.code };
  return { status: 'down', reason: error instanceof Error ? error.name : 'unknown' };
}
