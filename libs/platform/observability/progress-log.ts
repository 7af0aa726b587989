import type { Logger } from 'pino';

const SAY_AGAIN_MS = 5_000;

/** Lines about one piece of work that may take long: at its beginning, and every five seconds how far it is. */
export class ProgressLog {
  private saidAt = 0;

  /** @param title what is being done, e.g. 'simulating the last 24 hours' */
  constructor(
    private readonly logger: Logger,
    private readonly title: string,
  ) {}

  /** @param share finished, 0 … 1 */
  reached(share: number): void {
    const now = performance.now();
    if (this.saidAt > 0 && now - this.saidAt < SAY_AGAIN_MS) return;
    this.saidAt = now;
    this.logger.info(`${this.title} … ${Math.floor(100 * share)} %`);
  }
}
