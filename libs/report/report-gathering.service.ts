import { Injectable } from '@nestjs/common';
import { EquipmentService, SensorTagService } from '#equipment';
import { LotService, type Lot } from '#lot';
import { type TimeBand } from '#charts';
import { AppError, ProcessClock } from '#platform';
import { Standstills } from '#kpi';
import { TagDirectory } from '#timeseries';
import type { Anomaly } from '#anomaly';
import { AlarmGathering } from './gathering/alarm.gathering.js';
import { AnomalyGathering, commentsOn, type PeriodAnomalies } from './gathering/anomaly.gathering.js';
import { IncidentGathering } from './gathering/incident.gathering.js';
import { HEALTH_BANDS, HealthGathering } from './gathering/health.gathering.js';
import { KpiGathering } from './gathering/kpi.gathering.js';
import { type PlantNames, plantNames } from './gathering/plant-names.js';
import { PredictionGathering } from './gathering/prediction.gathering.js';
import { QualityGathering } from './gathering/quality.gathering.js';
import type { IncidentFacts, LotFacts, ReportContent, ReportSubject } from './gathering/content.js';
import type { Report } from './report.entity.js';
import { TrendGathering } from './gathering/trend.gathering.js';

const PLANT_NAME = 'Tennessee Eastman Process';
/** What an operations manager looks at first: production, pressure, level, temperature, quality. */
const DAILY_TAGS = ['XMEAS_17', 'XMEAS_07', 'XMEAS_08', 'XMEAS_09', 'XMEAS_40', 'XMEAS_20'];
const TRENDS_SHOWN = 6;
const LISTED_LOTS = 20;

type Happenings = Pick<
  ReportContent,
  'subject' | 'anomalies' | 'anomalyCount' | 'incidents' | 'alarmSystem' | 'trends' | 'lots' | 'notes'
>;
type Figures = Pick<ReportContent, 'kpis' | 'equipmentHealth' | 'healthBands' | 'dataQuality'>;

/** For the module: what {@link ReportGathering} asks. */
export const GATHERINGS = [
  AlarmGathering,
  AnomalyGathering,
  HealthGathering,
  IncidentGathering,
  KpiGathering,
  PredictionGathering,
  QualityGathering,
  TrendGathering,
];

/** Gathers everything a report says. */
@Injectable()
export class ReportGathering {
  constructor(
    private readonly clock: ProcessClock,
    private readonly equipment: EquipmentService,
    private readonly sensorTags: SensorTagService,
    private readonly tags: TagDirectory,
    private readonly lots: LotService,
    private readonly alarms: AlarmGathering,
    private readonly anomalies: AnomalyGathering,
    private readonly incidents: IncidentGathering,
    private readonly kpis: KpiGathering,
    private readonly standstills: Standstills,
    private readonly health: HealthGathering,
    private readonly trends: TrendGathering,
    private readonly predictions: PredictionGathering,
    private readonly quality: QualityGathering,
  ) {}

  /**
   * What the models need is read first: they compute on threads, and all else is gathered while they do. That is in three strands at
   * once, as a server answers several questions at a time. No more of them, since SQLite answers on the thread of the process, and
   * whoever else it serves waits for one answer of each strand.
   */
  async gather(report: Report): Promise<ReportContent> {
    const { jobId, lang, timeZone, periodFrom, periodTo } = report;
    const names = plantNames(await this.equipment.findAll(), await this.tags.all());
    const standstills = await this.standstills.findIn(periodFrom, periodTo);
    // the models know a running plant
    const standsStill = standstills.at(-1)?.to === null;
    const window = standsStill ? 'standstill' : await this.predictions.windowAt(periodTo);
    const [outlook, happened, figures] = await Promise.all([
      this.predictions.predict(window, names, report.equipmentId ?? undefined),
      this.whatHappened(report, names),
      this.figures(report, names),
    ]);
    return {
      lang,
      plantName: PLANT_NAME,
      timeZone,
      period: { fromMs: periodFrom, toMs: periodTo },
      generatedAt: { plantMs: this.clock.now(), wallMs: Date.now() },
      reportId: jobId,
      standstills,
      ...happened,
      ...figures,
      ...outlook,
    };
  }

  private async whatHappened(report: Report, names: PlantNames): Promise<Happenings> {
    const { periodFrom: from, periodTo: to } = report;
    const equipmentId = report.equipmentId ?? undefined;
    const anomalies = await this.anomalies.inPeriod(from, to, names, equipmentId);
    const found = await this.lots.findIn(from, to, LISTED_LOTS);
    const lots = await Promise.all(found.map((lot) => this.lotFacts(lot, anomalies.rows, to)));
    const { subject, focus, incident } = await this.subjectOf(report, names, lots);
    const bands = anomalies.rows.map((row) => bandOf(row, to));
    return {
      subject,
      anomalies: anomalies.listed,
      anomalyCount: anomalies.count,
      incidents: incident ?? (await this.incidents.inPeriod(from, to, names, equipmentId)),
      alarmSystem: await this.alarms.inPeriod(from, to),
      trends: await this.trends.trends(trendTags(focus, anomalies), { from, to }, bands),
      lots,
      notes: commentsOn(anomalies.rows),
    };
  }

  private async figures(
    { periodFrom: from, periodTo: to, timeZone }: Report,
    names: PlantNames,
  ): Promise<Figures> {
    return {
      kpis: await this.kpis.kpis(from, to, timeZone),
      equipmentHealth: await this.health.health({ from, to }, names),
      healthBands: HEALTH_BANDS,
      dataQuality: await this.quality.inPeriod(from, to),
    };
  }

  /** What the report is about, and the tags its charts begin with. */
  private async subjectOf(
    report: Report,
    names: PlantNames,
    lots: LotFacts[],
  ): Promise<{ subject: ReportSubject; focus: string[]; incident?: IncidentFacts[] }> {
    const { periodFrom: from, periodTo: to } = report;
    switch (report.type) {
      case 'daily':
      case 'production_day':
        return { subject: { type: report.type }, focus: DAILY_TAGS };
      case 'lot': {
        const { lotNo } = await this.lots.require(report.lotId ?? 0);
        const lot = lots.find((facts) => facts.lotNo === lotNo);
        if (!lot) throw AppError.unprocessable('LOT_EMPTY', `The lot ${lotNo} has no duration yet`);
        return { subject: { type: 'lot', lot }, focus: DAILY_TAGS };
      }
      case 'equipment': {
        const tags = await this.sensorTags.findByEquipment(report.equipmentId ?? 0);
        const equipment = await this.health.equipment(report.equipmentId ?? 0, { from, to }, names, tags);
        return { subject: { type: 'equipment', equipment }, focus: tags.map(({ code }) => code) };
      }
      case 'anomaly': {
        const { facts, row } = await this.anomalies.one(report.anomalyId ?? 0, { from, to }, names);
        const incident = await this.incidents.ofAnomaly(row.incidentId, names);
        return {
          subject: { type: 'anomaly', anomaly: facts },
          focus: facts.contributions.map(({ code }) => code),
          incident: incident ? [incident] : [],
        };
      }
    }
  }

  private async lotFacts(lot: Lot, anomalies: readonly Anomaly[], now: number): Promise<LotFacts> {
    const end = lot.endedAt ?? now;
    return {
      lotNo: lot.lotNo,
      grade: lot.grade ?? '',
      status: lot.status,
      fromMs: lot.startedAt,
      toMs: lot.endedAt,
      knownFaultIdv: lot.knownFault,
      anomalyCount: anomalies.filter((row) => row.startedAt < end && (row.endedAt ?? now) >= lot.startedAt)
        .length,
      productionRate: await this.kpis.productionVolumeRate(lot.startedAt, end),
    };
  }
}

/** The subject's own tags, then those that anomalies point at. */
function trendTags(focus: string[], { listed }: PeriodAnomalies): string[] {
  const blamed = listed.flatMap(({ contributions }) => contributions.slice(0, 2).map(({ code }) => code));
  return [...new Set([...focus.slice(0, TRENDS_SHOWN), ...blamed])].slice(0, TRENDS_SHOWN);
}

function bandOf({ startedAt, endedAt }: Anomaly, now: number): TimeBand {
  return { from: startedAt, to: endedAt ?? now };
}
