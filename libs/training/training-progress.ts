const WRITE_INTERVAL_MS = 500;

/**
 * Passes on how far a training is: what comes too fast is left out, one write at a time.
 * An error of a write (the training was cancelled) goes to `onError` and ends the writing.
 */
export class TrainingProgress {
  private writing: Promise<void> | undefined;
  private writtenAt = -Infinity;
  private ended = false;

  constructor(
    private readonly write: (percent: number) => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  show(percent: number): void {
    if (this.ended || this.writing || performance.now() - this.writtenAt < WRITE_INTERVAL_MS) return;
    this.writtenAt = performance.now();
    this.writing = this.write(percent)
      .catch((error: unknown) => {
        this.ended = true;
        this.onError(error);
      })
      .finally(() => (this.writing = undefined));
  }

  /** No write comes after this. */
  async end(): Promise<void> {
    this.ended = true;
    await this.writing;
  }
}
