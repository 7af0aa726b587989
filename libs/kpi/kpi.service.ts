import { setImmediate } from 'node:timers/promises';
import { unitStarts } from '#calendar';
import { Injectable } from '@nestjs/common';
import { LotService } from '#lot';
import { AppError, figureOrNull, isoTime, parseTime, ProcessClock, requestedZone } from '#platform';
import { KPI_DEFINITIONS, type PlantKpi, plantKpis, type PlantKpiName, type PlantWindow } from '#tep';
import type { KpiQuery, KpiTrendQuery, TrendBucket } from './dto/kpi.query.js';
import { KpiDto, type KpiListDto, type KpiTrendDto } from './dto/kpi.dto.js';
import { mergePlantWindows } from './plant-window-merging.js';
import { DAY_MS, HOUR_MS, PlantWindows } from './plant-windows.service.js';

const LONGEST_PERIOD_MS = 400 * DAY_MS;
/** A trend by the hour has a thousand points at the most. */
const LONGEST_BY_HOUR_MS = 1_000 * HOUR_MS;

/** `[from, to)`, by the hours or days of a zone. */
export interface KpiTrendWindow {
  from: number;
  to: number;
  bucket: TrendBucket;
  timeZone: string;
}

/** A figure over one bucket of time. */
export interface KpiPoint {
  /** Begin of the bucket. */
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
    const { from, to, timeZone } = await this.periodOf(query);
    return {
      from: isoTime(from),
      to: isoTime(to),
      time_zone: timeZone,
      lot_id: query.lot_id ?? null,
      kpis: (await this.figures(from, to)).map((kpi) => KpiDto.of(kpi)),
    };
  }

  /** @throws AppError VALIDATION_FAILED, KPI_NOT_FOUND, LOT_NOT_FOUND */
  async trend(name: string, query: KpiTrendQuery): Promise<KpiTrendDto> {
    const definition = KPI_DEFINITIONS.find((each) => each.name === name);
    if (!definition) throw AppError.notFound('KPI', 'KPI', name);
    const { from, to, timeZone } = await this.periodOf(query);
    if (query.bucket === 'hour' && to - from > LONGEST_BY_HOUR_MS)
      throw AppError.invalid('bucket', 'must be day for more than 1000 hours');
    const trends = await this.trends([definition.name], { from, to, bucket: query.bucket, timeZone });
    return {
      name: definition.name,
      unit: definition.unit,
      bucket: query.bucket,
      from: isoTime(from),
      to: isoTime(to),
      time_zone: timeZone,
      points: (trends[definition.name] ?? []).map(({ ts, kpi }) => ({
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

  /** Figures over time, from one reading of the samples; buckets without samples are left out. */
  async trends(
    names: readonly PlantKpiName[],
    { from, to, bucket, timeZone }: KpiTrendWindow,
  ): Promise<Partial<Record<PlantKpiName, KpiPoint[]>>> {
    const begins = unitStarts(from, to, bucket, timeZone);
    const parts = await this.windows.readParts(from, to, begins);
    const trends: Partial<Record<PlantKpiName, KpiPoint[]>> = {};
    for (const [ts, windows] of bucketed(parts, begins)) {
      await setImmediate();
      const window = mergePlantWindows(windows);
      if (window.plannedHours === 0) continue;
      for (const kpi of plantKpis(window))
        if (names.includes(kpi.name)) (trends[kpi.name] ??= []).push({ ts, kpi });
    }
    return trends;
  }

  private async periodOf(query: KpiQuery): Promise<{ from: number; to: number; timeZone: string }> {
    const timeZone = requestedZone(query, this.clock.timeZone);
    if (query.lot_id !== undefined) {
      if (query.from !== undefined || query.to !== undefined)
        throw AppError.invalid('lot_id', 'cannot be given together with from or to');
      const lot = await this.lots.require(query.lot_id);
      return { from: lot.startedAt, to: lot.endedAt ?? this.clock.now(), timeZone };
    }
    const to = query.to === undefined ? this.clock.now() : parseTime(query.to, 'to', timeZone);
    const from = query.from === undefined ? to - DAY_MS : parseTime(query.from, 'from', timeZone);
    if (from >= to) throw AppError.invalid('from', 'must be before to');
    if (to - from > LONGEST_PERIOD_MS) throw AppError.invalid('to', 'must be at most 400 days after from');
    return { from, to, timeZone };
  }
}

/** The parts in each bucket, by its begin; no part reaches into two. Both in order of time. */
function bucketed(
  parts: ReadonlyMap<number, PlantWindow>,
  begins: readonly number[],
): Map<number, PlantWindow[]> {
  const buckets = new Map<number, PlantWindow[]>();
  let i = 0;
  for (const [ts, window] of parts) {
    while (begins[i + 1] <= ts) i++;
    const bucket = buckets.get(begins[i]);
    if (bucket) bucket.push(window);
    else buckets.set(begins[i], [window]);
  }
  return buckets;
}
