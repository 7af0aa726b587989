const WRITE_INTERVAL_MS = 500;

/**
 * Passes on how far a training is, the newest figure at most every half second, one write at a time.
 * An error of a write (the training was cancelled) goes to `onError` and ends the writing.
 */
export class TrainingProgress {
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private latest: number | undefined;
  private ended = false;

  constructor(
    private readonly write: (percent: number) => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  show(percent: number): void {
    this.latest = percent;
    if (!this.ended) this.timer ??= setTimeout(() => void this.flush(), WRITE_INTERVAL_MS);
  }

  /** No write comes after this. */
  async end(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await this.writing;
  }

  private async flush(): Promise<void> {
    const percent = this.latest ?? 0;
    this.latest = undefined;
    try {
      await (this.writing = this.write(percent));
    } catch (error) {
      this.ended = true;
      this.onError(error);
    }
    this.timer = undefined;
    if (this.latest !== undefined) this.show(this.latest);
  }
}
