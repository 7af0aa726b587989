import { Injectable } from '@nestjs/common';
import { type Anomaly, AnomalyService, SEVERITIES, WindowScan } from '#anomaly';
import { type TimeSeries } from '#charts';
import { isoTime, loggerOf, OutageError } from '#platform';
import type { PlantNames } from './plant-names.js';
import type { AnomalyFacts, MomentOfBoth, ReportNote } from './content.js';

/** A table of more rows belongs on a screen. */
const LISTED_ANOMALIES = 15;
/** Enough to count and to rank what a month brings. */
const READ_ANOMALIES = 500;
/** A scan of a longer stretch costs more than a report may take. */
const LONGEST_SCAN_MS = 5 * 24 * 3_600_000 - 1;

export interface PeriodAnomalies {
  listed: AnomalyFacts[];
  count: number;
  rows: Anomaly[];
}

/** Gathers anomalies and what people said to them. */
@Injectable()
export class AnomalyGathering {
  private readonly logger = loggerOf('report');

  constructor(
    private readonly anomalies: AnomalyService,
    private readonly scan: WindowScan,
  ) {}

  /** Anomalies of a period, the most severe and then the newest first. */
  async inPeriod(
    from: number,
    to: number,
    names: PlantNames,
    equipmentId?: number,
  ): Promise<PeriodAnomalies> {
    const rows = await this.anomalies.findIn({ from, to, equipmentId }, READ_ANOMALIES);
    const ranked = [...rows].sort(
      (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || b.startedAt - a.startedAt,
    );
    return {
      listed: ranked.slice(0, LISTED_ANOMALIES).map((row) => anomalyFacts(row, names)),
      count: rows.length,
      rows,
    };
  }

  /** One anomaly with the detector's score around it. */
  async one(
    id: number,
    period: { from: number; to: number },
    names: PlantNames,
  ): Promise<{ facts: AnomalyFacts; row: Anomaly }> {
    const row = await this.anomalies.require(id);
    return { row, facts: { ...anomalyFacts(row, names), scoreTrend: await this.scoreTrend(row, period) } };
  }

  private async scoreTrend(
    row: Anomaly,
    { from, to }: { from: number; to: number },
  ): Promise<TimeSeries | undefined> {
    try {
      const scan = await this.scan.run({
        from: isoTime(from),
        to: isoTime(Math.min(to, from + LONGEST_SCAN_MS)),
        detectors: [row.detector],
      });
      const { times, statistics } = scan.detectors[0];
      return { times: times.map((time) => Date.parse(time)), values: statistics };
    } catch (error) {
      if (error instanceof OutageError) throw error;
      this.logger.warn({ err: error, anomaly_id: row.id }, 'no score trend for the report');
      return undefined;
    }
  }
}

/** The comments people left, the newest first. */
export function commentsOn(rows: readonly Anomaly[]): ReportNote[] {
  return rows
    .filter((row) => row.acknowledgedAt !== null && row.comment)
    .map((row) => ({
      at: acknowledgedAt(row),
      author: row.acknowledgedBy ?? '',
      text: row.comment ?? '',
    }))
    .sort((a, b) => b.at.wallMs - a.at.wallMs);
}

function acknowledgedAt({ acknowledgedPlantAt, acknowledgedAt: wallMs }: Anomaly): MomentOfBoth {
  return { plantMs: acknowledgedPlantAt, wallMs: wallMs ?? 0 };
}

function anomalyFacts(row: Anomaly, names: PlantNames): AnomalyFacts {
  return {
    id: String(row.id),
    severity: row.severity,
    state: row.state,
    startMs: row.startedAt,
    endMs: row.endedAt,
    detector: row.detector,
    equipment: names.equipment(row.equipmentId),
    peakScore: row.peakScore,
    threshold: row.threshold,
    contributions: row.contributions.map(({ tag, share }) => ({ ...names.tag(tag), share })),
    ...(row.acknowledgedAt === null
      ? {}
      : {
          acknowledgement: {
            at: acknowledgedAt(row),
            by: row.acknowledgedBy ?? '',
            comment: row.comment ?? '',
          },
        }),
  };
}
