import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type PlantWindow, summarisePlantWindow, TAGS, type TagValues } from '#tep';
import { SeriesReader, TagDirectory } from '#timeseries';
import { KpiHourRepository } from './kpi-hour.repository.js';
import { mergePlantWindows } from './plant-window-merging.js';

export const HOUR_MS = 3_600_000;

/** Condenses stretches of plant time to what the KPIs need: whole hours from the table, the rest from the samples. */
@Injectable()
export class PlantWindows {
  constructor(
    private readonly hours: KpiHourRepository,
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
  ) {}

  /** The window `[from, to)`. */
  async read(from: number, to: number): Promise<PlantWindow> {
    return mergePlantWindows([...(await this.readHours(from, to)).values()]);
  }

  /** The parts of `[from, to)` by the hour they lie in; the first and the last may be shorter than an hour. */
  async readHours(from: number, to: number): Promise<Map<number, PlantWindow>> {
    const firstHour = Math.floor(from / HOUR_MS) * HOUR_MS;
    const stored = await this.hours.find(Math.ceil(from / HOUR_MS) * HOUR_MS, to);
    const windows = new Map<number, PlantWindow>();
    for (let hour = firstHour; hour < to; hour += HOUR_MS) {
      const whole = hour >= from && hour + HOUR_MS <= to;
      const known = whole ? stored.get(hour) : undefined;
      windows.set(hour, known ?? (await this.condense(Math.max(from, hour), Math.min(to, hour + HOUR_MS))));
      if (!known) await setImmediate();
    }
    return windows;
  }

  /** Condenses the samples of at most an hour. */
  async condense(from: number, to: number): Promise<PlantWindow> {
    const { timestamps, values } = await this.reader.readMatrix({
      tagIds: await this.tags.plantTagIds(),
      from,
      to,
    });
    const samples = Array.from(timestamps, (_, row) =>
      sampleOf(values.subarray(row * TAGS.length, (row + 1) * TAGS.length)),
    );
    return summarisePlantWindow(samples);
  }
}

function sampleOf(values: Float64Array): TagValues {
  const sample: Record<string, number> = {};
  TAGS.forEach(({ code }, i) => {
    if (!Number.isNaN(values[i])) sample[code] = values[i];
  });
  return sample;
}
