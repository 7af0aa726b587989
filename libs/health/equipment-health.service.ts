import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LONGEST_GAP_MS } from '#anomaly';
import { type Equipment, EquipmentService } from '#equipment';
import {
  AppError,
  type EventContent,
  EventLog,
  figure,
  isoTime,
  isoTimeOrNull,
  ProcessClock,
} from '#platform';
import { TagDirectory, unwatched, type WatchDto } from '#timeseries';
import type { EquipmentHealthQuery } from './dto/equipment-health.query.js';
import {
  EquipmentHealthDto,
  HealthDriverDto,
  type PlantHealthDto,
  UnitHealthDto,
} from './dto/equipment-health.dto.js';
import { bandOf, type HealthDriver } from './equipment-score.js';
import { EquipmentWatch } from './equipment-watch.service.js';
import { HealthScoreRepository, type ScorePoint, type StoredScore } from './health-score.repository.js';

/** The name of scores in the event log. */
export const HEALTH_EVENTS = 'health';
const SAMPLE_MS = 180_000;
const DAY_MS = 86_400_000;
const LONGEST_PERIOD_MS = 400 * DAY_MS;
const MOST_POINTS = 1_000;
const POINTS_OF_A_REPORT = 200;

/** How well an equipment is. */
export interface EquipmentHealth {
  equipment: Equipment;
  /** 0 (worst) to 100; null when it is not known. */
  score: number | null;
  /** Plant time of the sample it was made from. */
  at: number | null;
  /** What takes points from 100, the most expensive first. */
  drivers: HealthDriver[];
  /** Whether it is watched at all; what is not has no score. */
  watch: WatchDto;
}

/** How well an equipment was over a period; `score` is the last one in it. */
export interface EquipmentHealthOver extends EquipmentHealth {
  mean: number | null;
  lowest: number | null;
  /** In order of time, 200 at the most. */
  points: ScorePoint[];
}

/** The health scores of equipment: the newest and those of the past. */
@Injectable()
export class EquipmentHealthService {
  constructor(
    private readonly scores: HealthScoreRepository,
    private readonly equipment: EquipmentService,
    private readonly tags: TagDirectory,
    private readonly watch: EquipmentWatch,
    private readonly clock: ProcessClock,
    events: EventLog,
  ) {
    events.register({ name: HEALTH_EVENTS, topic: 'health', contents: (ids) => this.eventsOf(ids) });
  }

  /** Every equipment, upstream first. A score older than half an hour of plant time no longer counts. */
  async current(): Promise<EquipmentHealth[]> {
    const now = this.clock.now();
    const newest = await this.scores.findNewest(now);
    const watches = await this.watch.at(now);
    return (await this.equipment.findAll()).map((equipment) =>
      healthOf(equipment, newest.get(equipment.id), now - LONGEST_GAP_MS, watches.get(equipment.id)),
    );
  }

  /** Every equipment over `[from, to)`, upstream first. */
  async scoresIn(from: number, to: number): Promise<EquipmentHealthOver[]> {
    const last = await this.scores.findNewest(to - 1);
    const watches = await this.watch.at(to - 1);
    const units: EquipmentHealthOver[] = [];
    for (const equipment of await this.equipment.findAll()) {
      const points = await this.scores.history(equipment.id, from, to, stepOf(from, to, POINTS_OF_A_REPORT));
      await setImmediate();
      units.push({
        ...healthOf(equipment, last.get(equipment.id), from, watches.get(equipment.id)),
        ...summaryOf(points),
        points,
      });
    }
    return units;
  }

  /** @throws AppError EQUIPMENT_NOT_FOUND, VALIDATION_FAILED */
  async read(eqId: string, query: EquipmentHealthQuery): Promise<EquipmentHealthDto> {
    const equipment = await this.equipment.require(eqId);
    const { from, to } = this.periodOf(query);
    const now = this.clock.now();
    const newest = await this.scores.findNewest(now);
    const watch = (await this.watch.at(now)).get(equipment.id);
    const stepMs = stepOf(from, to, MOST_POINTS);
    const points = await this.scores.history(equipment.id, from, to, stepMs);
    return {
      ...(await this.unit(healthOf(equipment, newest.get(equipment.id), now - LONGEST_GAP_MS, watch))),
      from: isoTime(from),
      to: isoTime(to),
      resolution_ms: stepMs,
      history: points.map(({ ts, score, lowest }) => ({
        ts: isoTime(ts),
        score: figure(score),
        lowest: figure(lowest),
      })),
    };
  }

  /** All equipment; the plant is as well as its worst unit. */
  async list(): Promise<PlantHealthDto> {
    const items = await Promise.all((await this.current()).map((health) => this.unit(health)));
    const worst = items.reduce<UnitHealthDto | undefined>((low, item) => {
      return item.score !== null && item.score < (low?.score ?? Infinity) ? item : low;
    }, undefined);
    return {
      score: worst?.score ?? null,
      band: worst?.band ?? null,
      worst_eq_id: worst?.eq_id ?? null,
      items,
    };
  }

  /** Drivers as the wire has them, with the names of their tags. */
  async presentDrivers(drivers: readonly HealthDriver[]): Promise<HealthDriverDto[]> {
    const tags = await this.tags.all();
    return drivers.map((driver) => ({ ...driver, name: tags.get(driver.tag)?.name ?? driver.tag }));
  }

  private async eventsOf(equipmentIds: readonly string[]): Promise<Map<string, EventContent>> {
    const wanted = new Set(equipmentIds.map(Number));
    const contents = new Map<string, EventContent>();
    for (const health of await this.current()) {
      if (!wanted.has(health.equipment.id)) continue;
      const data = await this.unit(health);
      contents.set(String(health.equipment.id), { data, scope: data.eq_id });
    }
    return contents;
  }

  private async unit({ equipment, score, at, drivers, watch }: EquipmentHealth): Promise<UnitHealthDto> {
    return {
      eq_id: equipment.code,
      name: equipment.name,
      name_ko: equipment.nameKo,
      score,
      band: score === null ? null : bandOf(score),
      at: isoTimeOrNull(at),
      drivers: await this.presentDrivers(drivers),
      watch,
    };
  }

  private periodOf(query: EquipmentHealthQuery): { from: number; to: number } {
    const to = query.to === undefined ? this.clock.now() : this.clock.parseTime(query.to, 'to');
    const from = query.from === undefined ? to - DAY_MS : this.clock.parseTime(query.from, 'from');
    if (from >= to) throw AppError.invalid('from', 'must be before to');
    if (to - from > LONGEST_PERIOD_MS) throw AppError.invalid('to', 'must be at most 400 days after from');
    return { from, to };
  }
}

/** @param since older scores don't count */
function healthOf(
  equipment: Equipment,
  stored: StoredScore | undefined,
  since: number,
  watch: WatchDto = unwatched('no_tags', 'not watched: it has no tags', null),
): EquipmentHealth {
  if (!stored || stored.ts < since || watch.state === 'unwatched')
    return { equipment, score: null, at: null, drivers: [], watch };
  return { equipment, score: stored.score, at: stored.ts, drivers: stored.drivers, watch };
}

/** Length of the stretches, a multiple of the sampling interval, that make `points` at the most. */
function stepOf(from: number, to: number, points: number): number {
  // The stretches lie on a grid of their own, so that the window may cut one more.
  return Math.ceil((to - from) / (points - 1) / SAMPLE_MS) * SAMPLE_MS;
}

function summaryOf(points: readonly ScorePoint[]): { mean: number | null; lowest: number | null } {
  if (points.length === 0) return { mean: null, lowest: null };
  return {
    mean: points.reduce((sum, { score }) => sum + score, 0) / points.length,
    lowest: points.reduce((low, { lowest }) => Math.min(low, lowest), Infinity),
  };
}
