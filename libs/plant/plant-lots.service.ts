import { clockTime, instantOf } from '#calendar';
import { Injectable } from '@nestjs/common';
import { LotService } from '#lot';
import { AppError, loggerOf, OutageError, ProcessClock } from '#platform';
import type { ActiveDisturbance } from './simulated-plant.js';

/** What the plant makes in its one mode of operation: 50/50 G/H by mass. */
const GRADE = 'G50/H50';
const DAY_MS = 86_400_000;

/**
 * The lots of the live plant: a new one every day, at the same hour by the plant's clocks. Where people keep lots by hand, it
 * stays out of the way.
 */
@Injectable()
export class PlantLots {
  private readonly logger = loggerOf('plant');

  constructor(
    private readonly lots: LotService,
    private readonly clock: ProcessClock,
  ) {}

  /**
   * Closes the plant's lot and opens the next one for every day that was completed. Joins the open transaction.
   * @param lotId the lot the plant opened last
   * @param dueMs plant time at which the next one begins
   */
  async keepUp(
    lotId: number | null,
    dueMs: number,
    timeMs: number,
    disturbances: readonly ActiveDisturbance[],
  ): Promise<{ lotId: number | null; lotDueMs: number }> {
    let open = lotId;
    let due = dueMs;
    for (; due <= timeMs; due = this.dayLater(due)) {
      if (open !== null) await this.close(open, due);
      open = await this.open(due, disturbances[0]?.idv ?? 0);
    }
    return { lotId: open, lotDueMs: due };
  }

  /** The same hour of the next day, 23 or 25 hours later where the clocks are changed. */
  private dayLater(at: number): number {
    return instantOf(clockTime(at, this.clock.timeZone) + DAY_MS, this.clock.timeZone);
  }

  /** Notes on the lot of that moment that a disturbance was switched on; the first one stays. */
  async noteFault(timeMs: number, idv: number): Promise<void> {
    const lot = await this.lots.lotAt(timeMs);
    if (!lot || (lot.knownFault ?? 0) !== 0) return;
    await this.unlessRefused(() => this.lots.update(lot.id, lot.version, { known_fault: idv }));
  }

  private async open(startedAt: number, knownFault: number): Promise<number | null> {
    const lot = await this.unlessRefused(() =>
      this.lots.add({
        lotNo: lotNumberOf(clockTime(startedAt, this.clock.timeZone)),
        startedAt,
        grade: GRADE,
        knownFault,
      }),
    );
    return lot?.id ?? null;
  }

  private async close(id: number, at: number): Promise<void> {
    await this.unlessRefused(() => this.lots.closeAt(id, at));
  }

  /** A lot somebody keeps by hand is no reason to stop the plant. */
  private async unlessRefused<T>(change: () => Promise<T>): Promise<T | undefined> {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof AppError) || error instanceof OutageError) throw error;
      this.logger.warn({ code: error.code, reason: error.message }, 'the lots are kept by hand here');
      return undefined;
    }
  }
}

/** E.g. TEP-20261122-0930: when the lot began, by the plant's clocks. */
function lotNumberOf(shown: number): string {
  const [date, time] = new Date(shown).toISOString().split('T');
  return `TEP-${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}`;
}
