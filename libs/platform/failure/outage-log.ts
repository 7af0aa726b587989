import type { Logger } from 'pino';
import { OutageError } from './errors.js';
import { OutOfPatienceError } from './patience.js';

/**
 * Logs the failures of work that is tried again and again: an outage, or silence, with one line when it begins and one when
 * it is over, however often the work meets it meanwhile; any other error every time.
 */
export class OutageLog {
  private since: number | undefined;

  constructor(
    private readonly logger: Logger,
    private readonly fields: Record<string, unknown> = {},
  ) {}

  /** True from a failure for an outage until the work has gone well again. */
  get ongoing(): boolean {
    return this.since !== undefined;
  }

  /** @param message what failed, e.g. 'periodic task failed' */
  failed(error: unknown, message: string): void {
    if (!(error instanceof OutageError || error instanceof OutOfPatienceError)) {
      this.logger.error({ ...this.fields, err: error }, message);
      return;
    }
    if (this.ongoing) return;
    this.since = performance.now();
    this.logger.warn({ ...this.fields, reason: reasonOf(error) }, message);
  }

  worked(): void {
    if (this.since === undefined) return;
    const outage_s = Math.round((performance.now() - this.since) / 1_000);
    this.since = undefined;
    this.logger.info({ ...this.fields, outage_s }, 'the outage is over');
  }
}

/** What lies behind an outage, in the words of the driver. */
export function reasonOf({ cause, message }: Error): string {
  return cause instanceof Error ? cause.message : message;
}
