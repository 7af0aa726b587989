import { type PlantBatch, TAGS, tagIndex } from '#tep';

const RECORDING_INTERVAL_MS = 180_000;
/** Spacings looked at. */
const ENOUGH = 1_000;
/** A spacing this many times as long or as short as usual is worth a word. */
const FAR = 3;

/** A time between samples, and one that is usual. */
export interface Spacing {
  readonly spacingMs: number;
  readonly expectedMs: number;
}

/** How far apart the samples of a run are, compared with how often the plant records them. */
export class SampleSpacing {
  private readonly lastMs = new Map<string, number>();
  private readonly spacings: Spacing[] = [];

  note(batch: PlantBatch): void {
    if (this.spacings.length >= ENOUGH) return;
    if (batch.kind === 'points') for (const { code, timeMs } of batch.points) this.noteAt(code, timeMs);
    else for (const { timeMs } of batch.samples) if (timeMs !== null) this.noteAt('', timeMs);
  }

  /** The median spacing and what it should be; undefined when it is about that, or unknown. */
  unusual(): Spacing | undefined {
    const sorted = this.spacings.toSorted((a, b) => a.spacingMs / a.expectedMs - b.spacingMs / b.expectedMs);
    const median = sorted.at(Math.floor(sorted.length / 2));
    if (median === undefined) return undefined;
    const ratio = median.spacingMs / median.expectedMs;
    return ratio * FAR < 1 || ratio > FAR ? median : undefined;
  }

  private noteAt(code: string, timeMs: number): void {
    const lastMs = this.lastMs.get(code);
    this.lastMs.set(code, timeMs);
    if (lastMs === undefined || lastMs === timeMs) return;
    const spacingMs = Math.abs(timeMs - lastMs);
    // Analysers are seldom, and recorded as often as everything else: both is usual.
    const slowestMs = code === '' ? RECORDING_INTERVAL_MS : TAGS[tagIndex(code)].samplingIntervalMs;
    const expectedMs = Math.min(Math.max(spacingMs, RECORDING_INTERVAL_MS), slowestMs);
    this.spacings.push({ spacingMs, expectedMs });
  }
}
