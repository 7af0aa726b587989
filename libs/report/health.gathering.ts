import { Injectable } from '@nestjs/common';
import { EquipmentService, type SensorTag } from '#equipment';
import { SeriesReader } from '#timeseries';
import { limitsOf, namedOf, type PlantNames } from './plant-names.js';
import type { EquipmentFacts, EquipmentHealth, ReportContent, SensorReading } from './report-content.js';

/** Where a score is drawn as poor, and from where on as good. */
export const HEALTH_BANDS: ReportContent['healthBands'] = { poorBelow: 50, goodFrom: 80 };

/** Gathers how well the equipment is. */
@Injectable()
export class HealthGathering {
  constructor(
    private readonly equipmentService: EquipmentService,
    private readonly reader: SeriesReader,
  ) {}

  async health(_from: number, _to: number, _names: PlantNames): Promise<EquipmentHealth[]> {
    const units = await this.equipmentService.findAll();
    return units.map((unit) => ({
      ...namedOf(unit),
      state: 'unknown',
      score: null,
      lowest: null,
      drivers: [],
    }));
  }

  async equipment(
    id: number,
    { from, to }: { from: number; to: number },
    names: PlantNames,
    tags: readonly SensorTag[],
  ): Promise<EquipmentFacts> {
    const units = await this.equipmentService.findAll();
    const unit = units.find((each) => each.id === id);
    const health = (await this.health(from, to, names)).find(({ code }) => code === unit?.code);
    if (!unit || !health) throw new Error(`There is no equipment ${id}`);
    return {
      ...health,
      kind: unit.kind,
      description: unit.description ?? '',
      scoreTrend: { times: [], values: [] },
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
      return {
        ...namedOf(tag),
        unit: tag.unit,
        value: sample?.value ?? null,
        readAtMs: sample?.ts ?? null,
        limits: limitsOf(tag),
      };
    });
  }
}
