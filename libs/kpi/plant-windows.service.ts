import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppError, ProcessClock } from '#platform';
import { type MeasuredInstant, type PlantWindow, summarisePlantWindow, TAGS, type TagValues } from '#tep';
import { SampleFeed, SeriesReader, TagDirectory } from '#timeseries';
import { TimeseriesSettings } from '#timeseries/settings';
import { type CondensedHour, KpiHourRepository } from './kpi-hour.repository.js';
import { RecentHours } from './recent-hours.service.js';
import { mergePlantWindows } from './plant-window-merging.js';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** All zones since 1972 are ahead of UTC by a multiple of it, so that their days and hours can be put together of quarters. */
const QUARTER_MS = HOUR_MS / 4;
const RECORDING_MS = 180_000;
/** Hours that one question may have condensed: about a second of work, in short turns. */
const MOST_HOURS_AT_ONCE = 400;
/** Hours merged in one go: about 5 ms. */
const HOURS_PER_MERGE = 500;
const FEED_PAGE = 500;
/** Writes that one question looks at, of those whose hours have not been condensed anew. */
const MOST_PAGES = 20;
/** Stretches of so many hours are not halved any further in search of samples. */
const FEWEST_HOURS = 6;

/** `[from, to)`: some hours, or a piece of one. */
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
    private readonly feed: SampleFeed,
    private readonly recent: RecentHours,
    private readonly settings: TimeseriesSettings,
    private readonly clock: ProcessClock,
  ) {}

  /** The window `[from, to)`. */
  async read(from: number, to: number): Promise<PlantWindow> {
    const parts = [...(await this.readParts(from, to)).values()];
    const merged: PlantWindow[] = [];
    for (let start = 0; start < parts.length; start += HOURS_PER_MERGE) {
      merged.push(mergePlantWindows(parts.slice(start, start + HOURS_PER_MERGE)));
      await setImmediate();
    }
    return mergePlantWindows(merged);
  }

  /**
   * The parts of `[from, to)` by their begin, where there are samples: whole hours, and pieces of those that `from`,
   * `to` or one of `cuts` goes through. An hour that can be cut no more, for it was condensed before there were quarters
   * and its samples are gone, counts as a whole where it begins.
   * @param cuts ascending
   * @throws AppError KPI_NOT_READY when too many hours have not been condensed yet
   */
  async readParts(from: number, to: number, cuts: readonly number[] = []): Promise<Map<number, PlantWindow>> {
    const written = await this.hoursWrittenSince(from, to);
    const stored = await this.hours.find(hourOf(from), to);
    const pieces = piecesOfHours(from, to, cuts);
    const isCurrent = (hour: number): boolean => stored.has(hour) && !written.has(hour);
    const quarters = await this.hours.findQuarters(
      [...pieces].filter(([hour, cut]) => isCurrent(hour) && cut.every(isOfQuarters)).map(([hour]) => hour),
    );
    const isKnown = (hour: number): boolean =>
      isCurrent(hour) && (!pieces.has(hour) || quarters.has(hour) || hour < this.samplesKeptFrom());
    const missing = new Set<number>();
    for (const stretch of stretchesOutside(isKnown, hourOf(from), to))
      for (const hour of await this.withSamples(stretch)) missing.add(hour);
    if (missing.size > MOST_HOURS_AT_ONCE) throw notReady(missing.size);
    const parts = new Map<number, PlantWindow>();
    for (let hour = hourOf(from); hour < to; hour += HOUR_MS) {
      const whole = stored.get(hour);
      const cut = pieces.get(hour);
      const found = new Map<number, PlantWindow>();
      if (quarters.has(hour) || missing.has(hour))
        for (const piece of cut ?? [{ from: hour, to: hour + HOUR_MS }]) {
          const window = await this.windowOf(piece, quarters.get(hour));
          if (window.plannedHours > 0) found.set(piece.from, window);
        }
      if (found.size === 0 && whole && hour >= from) found.set(hour, whole);
      for (const [begin, window] of found) parts.set(begin, window);
    }
    return parts;
  }

  /** The parts of `[from, to)` by the hour they lie in. @throws AppError KPI_NOT_READY */
  async readHours(from: number, to: number): Promise<Map<number, PlantWindow>> {
    return new Map([...(await this.readParts(from, to))].map(([begin, window]) => [hourOf(begin), window]));
  }

  /** All hours to be condensed when it is not known which ones are current. Where raw samples are gone, what is stored stays. */
  async hoursToCondense(): Promise<number[]> {
    const final = await this.hours.find(0, this.samplesKeptFrom());
    const hours = await this.withSamples({ from: 0, to: hourOf(this.clock.now()) + DAY_MS });
    return hours.filter((hour) => !final.has(hour));
  }

  /** Hours of `[from, to)` into which samples were written after they had been condensed. Asked before what is stored is read. */
  private async hoursWrittenSince(from: number, to: number): Promise<Set<number>> {
    const hours = new Set<number>();
    let position = await this.hours.cursor();
    for (let page = 0; page < MOST_PAGES && position !== undefined; page++) {
      const page = await this.feed.entriesAfter(position, FEED_PAGE);
      for (const { fromTs, toTs } of page.entries)
        for (let hour = hourOf(Math.max(fromTs, from)); hour <= toTs && hour < to; hour += HOUR_MS)
          hours.add(hour);
      if (page.entries.length < FEED_PAGE) break;
      position = page.position;
    }
    return hours;
  }

  /** Hours before that one have no raw samples, or will soon have none. */
  private samplesKeptFrom(): number {
    return hourOf(this.clock.now() - this.settings.rawRetentionDays * DAY_MS);
  }

  /** Hours in a stretch of whole hours that may hold raw samples, found by halving: whatever is empty is passed over. */
  private async withSamples({ from, to }: Stretch): Promise<number[]> {
    if (to - from === HOUR_MS) return [from];
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

  /** Condenses the samples of an hour, and those of its quarters, which stand for as much time each as in the hour. */
  async condenseHour(hour: number): Promise<CondensedHour> {
    const samples = await this.samples(hour, hour + HOUR_MS);
    const samplingIntervalHours = intervalOf(samples) / HOUR_MS;
    const condensed = (some: readonly MeasuredInstant[]): PlantWindow =>
      summarisePlantWindow(
        some.map(({ values }) => values),
        { samplingIntervalHours },
      );
    return {
      window: condensed(samples),
      quarters: Array.from({ length: HOUR_MS / QUARTER_MS }, (_, q) =>
        condensed(samples.filter(({ ts }) => Math.floor((ts - hour) / QUARTER_MS) === q)),
      ),
    };
  }

  /** A piece of an hour: of its quarters, where they are known, else of its samples. */
  private async windowOf(piece: Stretch, quarters?: readonly PlantWindow[]): Promise<PlantWindow> {
    await setImmediate();
    if (quarters) return mergePlantWindows(quartersIn(piece, quarters));
    const hour = await this.recent.read(hourOf(piece.from), (from) => this.samples(from, from + HOUR_MS));
    const samples = hour.filter(({ ts }) => ts >= piece.from && ts < piece.to);
    return summarisePlantWindow(
      samples.map(({ values }) => values),
      { samplingIntervalHours: intervalOf(samples) / HOUR_MS },
    );
  }

  /** What was measured in `[from, to)`, of at most a few hours; a tag without a good sample is missing. */
  async samples(from: number, to: number): Promise<MeasuredInstant[]> {
    const { timestamps, values } = await this.reader.readMatrix(
      { tagIds: await this.tags.plantTagIds(), from, to },
      { worst: 'good' },
    );
    return Array.from(timestamps, (ts, row) => ({
      ts,
      values: sampleOf(values.subarray(row * TAGS.length, (row + 1) * TAGS.length)),
    }));
  }
}

/** Time a sample stands for: the recording interval, or less where samples come more often. */
function intervalOf(samples: readonly MeasuredInstant[]): number {
  const count = samples.length;
  const spacing = count > 1 ? (samples[count - 1].ts - samples[0].ts) / (count - 1) : RECORDING_MS;
  return Math.min(spacing, RECORDING_MS);
}

/** Runs of hours in `[from, to)` that are not known. */
function stretchesOutside(known: (hour: number) => boolean, from: number, to: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (let hour = from; hour < to; hour += HOUR_MS) {
    if (known(hour)) continue;
    const last = stretches.at(-1);
    if (last?.to === hour) last.to = hour + HOUR_MS;
    else stretches.push({ from: hour, to: hour + HOUR_MS });
  }
  return stretches;
}

/** The hours that an end of `[from, to)` or a cut goes through, in their pieces. */
function piecesOfHours(from: number, to: number, cuts: readonly number[]): Map<number, Stretch[]> {
  const edges = [from, ...cuts.filter((cut) => cut > from && cut < to), to];
  const pieces = new Map<number, Stretch[]>();
  for (const hour of new Set(edges.filter((edge) => edge !== hourOf(edge)).map(hourOf))) {
    const within = edges.filter((edge) => hourOf(edge) === hour);
    const bounds = [...new Set([Math.max(from, hour), ...within, Math.min(to, hour + HOUR_MS)])];
    pieces.set(
      hour,
      bounds.slice(1).map((end, i) => ({ from: bounds[i], to: end })),
    );
  }
  return pieces;
}

function isOfQuarters({ from, to }: Stretch): boolean {
  return from % QUARTER_MS === 0 && to % QUARTER_MS === 0;
}

/** Of the quarters of the hour in which a piece lies, those in the piece. */
function quartersIn({ from, to }: Stretch, quarters: readonly PlantWindow[]): PlantWindow[] {
  const hour = hourOf(from);
  return quarters.slice((from - hour) / QUARTER_MS, (to - hour) / QUARTER_MS);
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
