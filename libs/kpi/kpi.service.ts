import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LotService } from '#lot';
import { AppError, figureOrNull, isoTime, parseTime, ProcessClock } from '#platform';
import { KPI_DEFINITIONS, type PlantKpi, plantKpis, type PlantKpiName, type PlantWindow } from '#tep';
import type { KpiQuery, KpiTrendQuery, TrendBucket } from './dto/kpi.query.js';
import { KpiDto, type KpiListDto, type KpiTrendDto } from './dto/kpi.dto.js';
import { mergePlantWindows } from './plant-window-merging.js';
import { DAY_MS, HOUR_MS, PlantWindows } from './plant-windows.service.js';

const LONGEST_PERIOD_MS = 400 * DAY_MS;
/** A trend by the hour has a thousand points at the most. */
const LONGEST_BY_HOUR_MS = 1_000 * HOUR_MS;

/** A figure over one bucket of time. */
export interface KpiPoint {
  ts: number;
  kpi: PlantKpi;
}

@Injectable()
export class KpiService {
  constructor(
    private readonly windows: PlantWindows,
    private readonly lots: LotService,
    private readonly clock: ProcessClock,
  ) {}

  /** @throws AppError VALIDATION_FAILED, LOT_NOT_FOUND */
  async list(query: KpiQuery): Promise<KpiListDto> {
    const { from, to } = await this.periodOf(query);
    return {
      from: isoTime(from),
      to: isoTime(to),
      lot_id: query.lot_id ?? null,
      kpis: (await this.figures(from, to)).map((kpi) => KpiDto.of(kpi)),
    };
  }

  /** @throws AppError VALIDATION_FAILED, KPI_NOT_FOUND, LOT_NOT_FOUND */
  async trend(name: string, query: KpiTrendQuery): Promise<KpiTrendDto> {
    const definition = KPI_DEFINITIONS.find((each) => each.name === name);
    if (!definition) throw AppError.notFound('KPI', 'KPI', name);
    const { from, to } = await this.periodOf(query);
    if (query.bucket === 'hour' && to - from > LONGEST_BY_HOUR_MS)
      throw AppError.invalid('bucket', 'must be day for more than 1000 hours');
    const points = await this.points(definition.name, from, to, query.bucket);
    return {
      name: definition.name,
      unit: definition.unit,
      bucket: query.bucket,
      from: isoTime(from),
      to: isoTime(to),
      points: points.map(({ ts, kpi }) => ({
        ts: isoTime(ts),
        value: figureOrNull(kpi.value),
        numerator: figureOrNull(kpi.numerator?.value ?? null),
        denominator: figureOrNull(kpi.denominator?.value ?? null),
      })),
    };
  }

  /** All figures of `[from, to)`. */
  async figures(from: number, to: number): Promise<PlantKpi[]> {
    return plantKpis(await this.windows.read(from, to));
  }

  /** One figure over time; buckets without samples are left out. */
  async points(name: PlantKpiName, from: number, to: number, bucket: TrendBucket): Promise<KpiPoint[]> {
    return (await this.trends([name], from, to, bucket))[name] ?? [];
  }

  /** Several figures over time, from one reading of the samples. */
  async trends(
    names: readonly PlantKpiName[],
    from: number,
    to: number,
    bucket: TrendBucket,
  ): Promise<Partial<Record<PlantKpiName, KpiPoint[]>>> {
    const hours = await this.windows.readHours(from, to);
    const trends: Partial<Record<PlantKpiName, KpiPoint[]>> = {};
    for (const [ts, windows] of bucketed(hours, bucket === 'day' ? DAY_MS : HOUR_MS)) {
      await setImmediate();
      const window = mergePlantWindows(windows);
      if (window.plannedHours === 0) continue;
      for (const kpi of plantKpis(window))
        if (names.includes(kpi.name)) (trends[kpi.name] ??= []).push({ ts, kpi });
    }
    return trends;
  }

  private async periodOf(query: KpiQuery): Promise<{ from: number; to: number }> {
    if (query.lot_id !== undefined) {
      if (query.from !== undefined || query.to !== undefined)
        throw AppError.invalid('lot_id', 'cannot be given together with from or to');
      const lot = await this.lots.require(query.lot_id);
      return { from: lot.startedAt, to: lot.endedAt ?? this.clock.now() };
    }
    const to = query.to === undefined ? this.clock.now() : parseTime(query.to, 'to');
    const from = query.from === undefined ? to - DAY_MS : parseTime(query.from, 'from');
    if (from >= to) throw AppError.invalid('from', 'must be before to');
    if (to - from > LONGEST_PERIOD_MS) throw AppError.invalid('to', 'must be at most 400 days after from');
    return { from, to };
  }
}

/** The windows of each bucket, by its begin. */
function bucketed(hours: ReadonlyMap<number, PlantWindow>, bucketMs: number): Map<number, PlantWindow[]> {
  const buckets = new Map<number, PlantWindow[]>();
  for (const [hour, window] of hours) {
    const begin = Math.floor(hour / bucketMs) * bucketMs;
    const bucket = buckets.get(begin);
    if (bucket) bucket.push(window);
    else buckets.set(begin, [window]);
  }
  return buckets;
}
