import { Injectable } from '@nestjs/common';
import { type MeasuredInstant, type PlantWindow, type Standstill, standstillsIn } from '#tep';
import { DAY_MS, HOUR_MS, PlantWindows } from './plant-windows.service.js';

/** A standstill that began longer than this before the period is said to have begun then. */
const LOOK_BACK_DAYS = 30;
/** Samples on either side of an hour that show whether its first and last one repeat. */
const EDGE_MS = 10 * 60_000;
/** Hours of samples that one question may read. */
const MOST_HOURS_READ = 50;
/** Part of an hour that rounding may make of nothing. */
const ROUNDING_HOURS = 1e-6;

/** Determines when the plant stood still, from the condensed hours and the samples of those in which it stopped or started. */
@Injectable()
export class Standstills {
  constructor(private readonly windows: PlantWindows) {}

  /**
   * Every standstill that reaches into `[from, to)`, whole: it may have begun up to 30 days before. `to` is null for
   * one that lasts until the end of the period or of the samples. Where the raw samples are gone, times are those
   * the condensed hours allow, and no cause is known.
   * @throws AppError KPI_NOT_READY
   */
  async findIn(from: number, to: number): Promise<Standstill[]> {
    const hours = await this.hoursSince(from, to);
    const found: Standstill[] = [];
    let hoursRead = 0;
    for (const stretch of stretchesOfStopping(hours)) {
      const edges = stretch.filter((hour, i) => i === 0 || !stands(hours.get(hour)));
      hoursRead += edges.length;
      if (hoursRead > MOST_HOURS_READ) break;
      const samples = await this.samplesOf(edges, to);
      const standstills = samples.length > 0 ? standstillsIn(samples) : [estimated(stretch, hours)];
      const ranAgain = [...hours.keys()].find((hour) => hour > stretch[stretch.length - 1]) ?? null;
      found.push(...standstills.map((each) => ({ ...each, to: each.to ?? ranAgain })));
    }
    return found.filter((each) => each.to === null || each.to > from);
  }

  /** The hours of the period and those before it since the plant last ran, as far as it did not run throughout the first one. */
  private async hoursSince(from: number, to: number): Promise<ReadonlyMap<number, PlantWindow>> {
    let hours = await this.windows.readHours(from, to);
    for (let day = 1; day <= LOOK_BACK_DAYS; day++) {
      const [first] = hours.values();
      // it may have stood until some time of the first hour
      if (first === undefined || ranThroughout(first)) break;
      const begin = from - day * DAY_MS;
      const before = await this.windows.readHours(begin, begin + DAY_MS);
      const lastRun = [...before].findLastIndex(([, window]) => !stands(window));
      hours = new Map([...[...before].slice(Math.max(0, lastRun)), ...hours]);
      if (lastRun >= 0 || before.size === 0) break;
    }
    return hours;
  }

  /** In order of time, as the hours are. */
  private async samplesOf(hours: readonly number[], to: number): Promise<MeasuredInstant[]> {
    const samples = new Map<number, MeasuredInstant>();
    for (const hour of hours) {
      const end = Math.min(hour + HOUR_MS + EDGE_MS, to);
      for (const sample of await this.windows.samples(hour - EDGE_MS, end)) samples.set(sample.ts, sample);
    }
    return [...samples.values()];
  }
}

/** Whether the plant stood for the whole of an hour. */
function stands(window: PlantWindow | undefined): boolean {
  return window !== undefined && window.plannedHours > 0 && window.runningHours <= ROUNDING_HOURS;
}

function ranThroughout({ plannedHours, runningHours }: PlantWindow): boolean {
  return runningHours >= plannedHours - ROUNDING_HOURS;
}

/** Runs of neighbouring hours in which the plant did not run all the time. */
function stretchesOfStopping(hours: ReadonlyMap<number, PlantWindow>): number[][] {
  const stretches: number[][] = [];
  for (const [hour, window] of hours) {
    if (ranThroughout(window)) continue;
    const last = stretches.at(-1);
    if (last?.at(-1) === hour - HOUR_MS) last.push(hour);
    else stretches.push([hour]);
  }
  return stretches;
}

/** From hours alone: the plant ran first and then stood, and the other way round in the last hour. */
function estimated(stretch: readonly number[], hours: ReadonlyMap<number, PlantWindow>): Standstill {
  const [first, last] = [stretch[0], stretch[stretch.length - 1]];
  const stoodHours = (hour: number): number => {
    const window = hours.get(hour);
    return window === undefined ? 0 : window.plannedHours - window.runningHours;
  };
  const from = first + (hours.get(first)?.runningHours ?? 0) * HOUR_MS;
  const to = (first === last ? from : last) + stoodHours(last) * HOUR_MS;
  return { from, to: stands(hours.get(last)) ? null : to, cause: null };
}
