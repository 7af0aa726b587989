import { Injectable } from '@nestjs/common';
import { SAMPLING_INTERVAL_MS } from '#anomaly';
import type { SensorTag } from '#equipment';
import {
  bandOf,
  type EquipmentHealthOver,
  EquipmentHealthService,
  GOOD_FROM,
  type HealthDriver as ScoreDriver,
  POOR_BELOW,
} from '#health';
import { BAD_QUALITY, SeriesReader } from '#timeseries';
import { limitsOf, namedOf, type PlantNames } from './plant-names.js';
import type {
  EquipmentFacts,
  EquipmentHealth,
  EquipmentState,
  HealthDriver,
  ReportContent,
  SensorReading,
} from './content.js';

/** Where a score is drawn as poor, and from where on as good. */
export const HEALTH_BANDS: ReportContent['healthBands'] = { poorBelow: POOR_BELOW, goodFrom: GOOD_FROM };

const STATE_OF_BAND = { good: 'running', fair: 'warning', poor: 'fault' } as const;
const NAMED_DRIVERS = 3;

interface Period {
  from: number;
  to: number;
}

/** Gathers how well the equipment is. */
@Injectable()
export class HealthGathering {
  constructor(
    private readonly scores: EquipmentHealthService,
    private readonly reader: SeriesReader,
  ) {}

  /** Every unit at the end of the period, upstream first. */
  async health({ from, to }: Period, names: PlantNames): Promise<EquipmentHealth[]> {
    return (await this.scores.scoresIn(from, to)).map((unit) => healthOf(unit, names));
  }

  /** One unit with the course of its score and its sensors. */
  async equipment(
    id: number,
    { from, to }: Period,
    names: PlantNames,
    tags: readonly SensorTag[],
  ): Promise<EquipmentFacts> {
    const unit = (await this.scores.scoresIn(from, to)).find(({ equipment }) => equipment.id === id);
    if (!unit) throw new Error(`There is no equipment ${id}`);
    return {
      ...healthOf(unit, names),
      kind: unit.equipment.kind,
      description: unit.equipment.description ?? '',
      scoreTrend: { times: unit.points.map(({ ts }) => ts), values: unit.points.map(({ score }) => score) },
      sensors: await this.sensors(tags, to),
    };
  }

  private async sensors(tags: readonly SensorTag[], until: number): Promise<SensorReading[]> {
    const latest = await this.reader.latest(
      tags.map(({ id }) => id),
      until,
    );
    return tags.map((tag) => {
      const sample = latest.get(tag.id);
      const isBad = sample?.quality === BAD_QUALITY;
      return {
        ...namedOf(tag),
        unit: tag.unit,
        value: isBad ? null : (sample?.value ?? null),
        isBad,
        readAtMs: sample?.ts ?? null,
        limits: limitsOf(tag),
      };
    });
  }
}

function healthOf(
  { equipment, score, lowest, drivers, watch }: EquipmentHealthOver,
  names: PlantNames,
): EquipmentHealth {
  const { reason_code: reason, sampled_every_ms: sampledEveryMs } = watch;
  return {
    ...namedOf(equipment),
    state: reason === null ? stateOf(score) : 'unwatched',
    ...(reason !== null && { unwatched: { reason, sampledEveryMs, learntEveryMs: SAMPLING_INTERVAL_MS } }),
    score,
    lowest,
    drivers: drivers.slice(0, NAMED_DRIVERS).map((driver) => driverOf(driver, names)),
  };
}

function stateOf(score: number | null): EquipmentState {
  return score === null ? 'unknown' : STATE_OF_BAND[bandOf(score)];
}

function driverOf({ reason, tag, points, limit }: ScoreDriver, names: PlantNames): HealthDriver {
  return { reason, label: limit ?? reason, source: names.tag(tag), points };
}
