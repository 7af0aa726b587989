import type { TrainingPhase } from './training.entity.js';

const WRITE_INTERVAL_MS = 500;
/** Where the phases stand in the whole, in percent. */
const SHARES: Readonly<Record<RunPhase, readonly [number, number]>> = {
  reading: [0, 20],
  simulating: [0, 40],
  fitting: [40, 95],
  writing: [95, 100],
};

/** What a run of a training does one after the other. */
export type RunPhase = Exclude<TrainingPhase, 'waiting' | 'done'>;

/** Where those who wait read how far a training is. */
export interface ProgressNotes {
  phase: (phase: RunPhase) => Promise<unknown>;
  /** 0 to 100 */
  percent: (percent: number) => Promise<void>;
}

/**
 * Notes how far a training is: a phase at once, within it the newest figure at most every half second, one write at a time.
 * An error of a write (the training was cancelled) goes to `onError` and ends the writing.
 */
export class TrainingProgress {
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private phase: RunPhase | undefined;
  private percent: number | undefined;
  private ended = false;
  private failed = false;

  constructor(
    private readonly notes: ProgressNotes,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @param share of the phase that is done, 0 to 1 */
  show(phase: RunPhase, share: number): void {
    if (phase !== this.phase) {
      this.phase = phase;
      this.write(() => this.notes.phase(phase));
    }
    const [from, to] = SHARES[phase];
    this.percent = from + (to - from) * share;
    if (!this.ended) this.timer ??= setTimeout(() => this.writePercent(), WRITE_INTERVAL_MS);
  }

  /** Writes what has been shown, and nothing any more. */
  async finish(): Promise<void> {
    this.writePercent();
    await this.end();
  }

  /** No write begins after this. */
  async end(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await this.writing;
  }

  private writePercent(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { percent } = this;
    this.percent = undefined;
    if (percent !== undefined) this.write(() => this.notes.percent(percent));
  }

  private write(note: () => Promise<unknown>): void {
    if (this.ended) return;
    this.writing = this.writing.then(async () => {
      try {
        if (!this.failed) await note();
      } catch (error) {
        this.failed = this.ended = true;
        this.onError(error);
      }
    });
  }
}
