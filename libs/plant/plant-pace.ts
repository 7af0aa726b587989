import type { ClockReading } from '#platform';

/** More wall time than this is never made up for: a plant that cannot follow falls behind instead. */
export const MAX_CATCH_UP_MS = 2_000;

export interface PaceSettings {
  /** Plant seconds a wall second. */
  speed: number;
  paused: boolean;
}

/** How plant time follows the wall clock. */
export class PlantPace {
  /** Plant time due at `wallMs`, and what slow speeds leave of a millisecond. */
  private timeMs: number;
  private fractionMs = 0;
  private wallMs: number;
  /** Wall time of the move before the last. */
  private movedFromMs: number;
  /** Share of the wanted speed that was reached over the last move. */
  private reached = 1;
  private settings: PaceSettings;

  constructor(timeMs: number, wallMs: number, settings: PaceSettings) {
    this.timeMs = timeMs;
    this.wallMs = wallMs;
    this.movedFromMs = wallMs;
    this.settings = { ...settings };
  }

  get speed(): number {
    return this.settings.speed;
  }

  get paused(): boolean {
    return this.settings.paused;
  }

  /** Plant seconds a wall second over the last step: the speed, or less where the machine could not follow. */
  get actualSpeed(): number {
    return this.settings.paused ? 0 : this.settings.speed * this.reached;
  }

  /**
   * Moves on to a moment of the wall clock.
   * @returns the plant time due then, whole milliseconds, and the wall time that was given up
   */
  moveTo(wallMs: number): { dueMs: number; givenUpMs: number } {
    const elapsed = Math.max(0, wallMs - this.wallMs);
    const counted = Math.min(elapsed, MAX_CATCH_UP_MS);
    const passedMs = this.fractionMs + (this.settings.paused ? 0 : counted * this.settings.speed);
    this.timeMs += Math.floor(passedMs);
    this.fractionMs = passedMs % 1;
    this.movedFromMs = this.wallMs;
    this.wallMs = wallMs;
    this.reached = elapsed === 0 ? 1 : counted / elapsed;
    return { dueMs: this.timeMs, givenUpMs: elapsed - counted };
  }

  /**
   * Gives up what is still due: by `wallMs`, the plant has only come to `timeMs`.
   * @returns the wall time that was given up
   */
  fallBackTo(timeMs: number, wallMs: number): number {
    const { speed } = this.settings;
    const elapsed = Math.max(1, wallMs - this.movedFromMs);
    const missed = (this.timeMs - timeMs) / speed + Math.max(0, wallMs - this.wallMs);
    this.restartAt(timeMs, wallMs);
    this.reached = Math.max(0, 1 - missed / elapsed);
    return missed;
  }

  /** Begins anew: `timeMs` was due at `wallMs`. */
  restartAt(timeMs: number, wallMs: number): void {
    this.timeMs = timeMs;
    this.fractionMs = 0;
    this.wallMs = wallMs;
    this.reached = 1;
  }

  /** Changes speed or pause from the moment last moved to. */
  adjust(settings: Partial<PaceSettings>): void {
    this.settings = { ...this.settings, ...settings };
  }

  /** What the process clock should say once the series has come to `timeMs`, a point this pace has passed. */
  readingAt(timeMs: number): ClockReading {
    const rate = this.actualSpeed;
    const ago = rate === 0 ? 0 : Math.max(0, this.timeMs - timeMs) / rate;
    return { timeMs, wallMs: Math.floor(this.wallMs - ago), rate };
  }
}
