import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppError, Config, ProcessClock } from '#platform';
import { type MeasuredInstant, type PlantWindow, summarisePlantWindow, TAGS, type TagValues } from '#tep';
import { SeriesReader, TagDirectory } from '#timeseries';
import { KpiHourRepository } from './kpi-hour.repository.js';
import { mergePlantWindows } from './plant-window-merging.js';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const RECORDING_MS = 180_000;
/** Hours that one question may have condensed: about a second of work, in short turns. */
const MOST_HOURS_AT_ONCE = 400;
/** Hours merged in one go: about 5 ms. */
const HOURS_PER_MERGE = 500;
/** Stretches of so many hours are not halved any further in search of samples. */
const FEWEST_HOURS = 6;

/** Whole hours `[from, to)`. */
interface Stretch {
  from: number;
  to: number;
}

/** Condenses stretches of plant time to what the KPIs need: whole hours from the table, the rest from the samples. */
@Injectable()
export class PlantWindows {
  constructor(
    private readonly hours: KpiHourRepository,
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
    private readonly config: Config,
    private readonly clock: ProcessClock,
  ) {}

  /** The window `[from, to)`. */
  async read(from: number, to: number): Promise<PlantWindow> {
    const hours = [...(await this.readHours(from, to)).values()];
    const merged: PlantWindow[] = [];
    for (let start = 0; start < hours.length; start += HOURS_PER_MERGE) {
      merged.push(mergePlantWindows(hours.slice(start, start + HOURS_PER_MERGE)));
      await setImmediate();
    }
    return mergePlantWindows(merged);
  }

  /**
   * The parts of `[from, to)` by the hour they lie in, where there are samples; the first and the last may be shorter
   * than an hour.
   * @throws AppError KPI_NOT_READY when too many hours have not been condensed yet
   */
  async readHours(from: number, to: number): Promise<Map<number, PlantWindow>> {
    const stored = await this.hours.find(Math.ceil(from / HOUR_MS) * HOUR_MS, to);
    const isWhole = (hour: number): boolean => hour >= from && hour + HOUR_MS <= to;
    const missing = new Set<number>();
    for (const stretch of stretchesOutside(stored, hourOf(from), to, isWhole))
      for (const hour of await this.withSamples(stretch)) missing.add(hour);
    if (missing.size > MOST_HOURS_AT_ONCE) throw notReady(missing.size);
    const windows = new Map<number, PlantWindow>();
    for (let hour = hourOf(from); hour < to; hour += HOUR_MS) {
      const known = isWhole(hour) ? stored.get(hour) : undefined;
      if (known) windows.set(hour, known);
      if (known || !missing.has(hour)) continue;
      windows.set(hour, await this.condense(Math.max(from, hour), Math.min(to, hour + HOUR_MS)));
      await setImmediate();
    }
    return windows;
  }

  /** All hours to be condensed when it is not known which ones are current. Where raw samples are gone, what is stored stays. */
  async hoursToCondense(): Promise<number[]> {
    const now = this.clock.now();
    const keptFrom = hourOf(now - this.config.rawRetentionDays * DAY_MS);
    const final = await this.hours.find(0, keptFrom);
    const hours = await this.withSamples({ from: 0, to: hourOf(now) + DAY_MS });
    return hours.filter((hour) => hour >= keptFrom || !final.has(hour));
  }

  /** Hours in a stretch of whole hours that may hold raw samples, found by halving: whatever is empty is passed over. */
  private async withSamples({ from, to }: Stretch): Promise<number[]> {
    const count = await this.reader.count(await this.tags.plantTagIds(), from, to);
    await setImmediate();
    if (count === 0) return [];
    const hours = (to - from) / HOUR_MS;
    if (hours <= FEWEST_HOURS) return Array.from({ length: hours }, (_, i) => from + i * HOUR_MS);
    const middle = from + Math.floor(hours / 2) * HOUR_MS;
    return [
      ...(await this.withSamples({ from, to: middle })),
      ...(await this.withSamples({ from: middle, to })),
    ];
  }

  /** Condenses the samples of at most an hour. */
  async condense(from: number, to: number): Promise<PlantWindow> {
    const samples = await this.samples(from, to);
    return summarisePlantWindow(
      samples.map(({ values }) => values),
      { samplingIntervalHours: intervalOf(samples.map(({ ts }) => ts)) / HOUR_MS },
    );
  }

  /** What was measured in `[from, to)`, of at most a few hours; a tag without a sample is missing. */
  async samples(from: number, to: number): Promise<MeasuredInstant[]> {
    const { timestamps, values } = await this.reader.readMatrix({
      tagIds: await this.tags.plantTagIds(),
      from,
      to,
    });
    return Array.from(timestamps, (ts, row) => ({
      ts,
      values: sampleOf(values.subarray(row * TAGS.length, (row + 1) * TAGS.length)),
    }));
  }
}

/** Time a sample stands for: the recording interval, or less where samples come more often. */
function intervalOf(timestamps: readonly number[]): number {
  const count = timestamps.length;
  const spacing = count > 1 ? (timestamps[count - 1] - timestamps[0]) / (count - 1) : RECORDING_MS;
  return Math.min(spacing, RECORDING_MS);
}

/** Runs of hours in `[from, to)` that are not stored or not asked for as a whole. */
function stretchesOutside(
  stored: ReadonlyMap<number, PlantWindow>,
  from: number,
  to: number,
  isWhole: (hour: number) => boolean,
): Stretch[] {
  const stretches: Stretch[] = [];
  for (let hour = from; hour < to; hour += HOUR_MS) {
    if (stored.has(hour) && isWhole(hour)) continue;
    const last = stretches.at(-1);
    if (last?.to === hour) last.to = hour + HOUR_MS;
    else stretches.push({ from: hour, to: hour + HOUR_MS });
  }
  return stretches;
}

function hourOf(ts: number): number {
  return Math.floor(ts / HOUR_MS) * HOUR_MS;
}

function notReady(hours: number): AppError {
  return new AppError({
    kind: 'unavailable',
    code: 'KPI_NOT_READY',
    message: `${hours} hours of this period have not been condensed yet; a worker is at it`,
    retryAfterSeconds: 10,
  });
}

function sampleOf(values: Float64Array): TagValues {
  const sample: Record<string, number> = {};
  TAGS.forEach(({ code }, i) => {
    if (!Number.isNaN(values[i])) sample[code] = values[i];
  });
  return sample;
}
