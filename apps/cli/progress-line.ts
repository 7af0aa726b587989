import { SingleBar } from 'cli-progress';

const STEPS = 1000;
/** Off a terminal, a line is printed each time this share is reached. */
const PRINTED_SHARE = 0.25;

/** Progress of one piece of work: a bar on a terminal, a line now and then elsewhere. */
export class ProgressLine {
  private readonly startedMs = performance.now();
  private readonly bar: SingleBar | undefined;
  private printed = 0;

  constructor(private readonly title: string) {
    if (!process.stdout.isTTY) return;
    this.bar = new SingleBar({ format: `${title} {bar} {percentage} % | {eta_formatted}`, hideCursor: true });
    this.bar.start(STEPS, 0);
  }

  /** @param share finished, 0 … 1 */
  show(share: number): void {
    this.bar?.update(Math.min(STEPS, Math.round(share * STEPS)));
    if (this.bar !== undefined || share < this.printed + PRINTED_SHARE) return;
    this.printed = share;
    const seconds = (performance.now() - this.startedMs) / 1000;
    console.log(`${this.title}: ${Math.round(100 * share)} % after ${seconds.toFixed(0)} s`);
  }

  end(): void {
    this.bar?.update(STEPS);
    this.bar?.stop();
  }
}
