import { Injectable } from '@nestjs/common';
import { type KpiPoint, KpiService } from '#kpi';
import type { TimeSeries } from '#charts';
import type { PlantKpiName } from '#tep';
import { SeriesReader, TagDirectory } from '#timeseries';
import type { KpiFigure } from './content.js';

/** The figures on the first page, and whether more of them is better. */
const SHOWN: Partial<Record<PlantKpiName, KpiFigure['better']>> = {
  production_rate: 'higher',
  quality_ratio: 'higher',
  product_g_mass_percent: 'neither',
  yield: 'higher',
  operating_cost: 'lower',
  operating_cost_per_kmol: 'lower',
  efficiency: 'higher',
  availability: 'higher',
};
const SHOWN_NAMES = Object.keys(SHOWN) as PlantKpiName[];
const DAYS_RATHER_THAN_HOURS_MS = 4 * 24 * 3_600_000;
/** Product flow, stream 11, m³/h. */
const PRODUCT_FLOW_TAG = 'XMEAS_17';

/** Gathers what was produced, at what cost. */
@Injectable()
export class KpiGathering {
  constructor(
    private readonly kpiService: KpiService,
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
  ) {}

  /** The shown KPIs of a period, with the period before it and their course by the hours or days of a zone. */
  async kpis(from: number, to: number, timeZone: string): Promise<KpiFigure[]> {
    const bucket = to - from > DAYS_RATHER_THAN_HOURS_MS ? 'day' : 'hour';
    const [figures, before, trends] = await Promise.all([
      this.kpiService.figures(from, to),
      this.kpiService.figures(from - (to - from), from),
      this.kpiService.trends(SHOWN_NAMES, { from, to, bucket, timeZone }),
    ]);
    return figures.flatMap((kpi): KpiFigure[] => {
      const better = SHOWN[kpi.name];
      if (better === undefined) return [];
      const { name, title: label, unit, value, definition, numerator, denominator } = kpi;
      const previous = before.find((each) => each.name === name)?.value ?? null;
      return [
        {
          name,
          label,
          unit,
          value,
          definition,
          numerator,
          denominator,
          previous,
          better,
          trend: seriesOf(trends[name] ?? []),
        },
      ];
    });
  }

  /** Mean product flow of a period, m³/h; null without samples. */
  async productionVolumeRate(from: number, to: number): Promise<number | null> {
    const tag = (await this.tags.all()).get(PRODUCT_FLOW_TAG);
    return tag === undefined
      ? null
      : ((await this.reader.statistics([tag.id], from, to)).get(tag.id)?.mean ?? null);
  }
}

function seriesOf(points: readonly KpiPoint[]): TimeSeries {
  return { times: points.map(({ ts }) => ts), values: points.map(({ kpi }) => kpi.value ?? NaN) };
}
