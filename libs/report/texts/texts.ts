import type { Severity } from '#anomaly';
import type { DetectorName, EvaluatedSetKind } from '#ml';
import type { LotStatus } from '#lot';
import type { ShutdownCause } from '#tep';
import type { UnwatchedReason } from '#timeseries';
import type { EquipmentState, ModelSummary, NoPredictionReason, ReportType } from '../gathering/content.js';

/** How the period is rated, as the letterhead says it. */
export type ReportVerdict = 'normal' | 'attention' | 'action' | 'no_data';

/** Every word a report prints. Parameters arrive formatted. */
export interface ReportTexts {
  title: Record<ReportType, string>;
  verdict: Record<ReportVerdict, string>;
  severity: Record<Severity, string>;
  equipmentState: Record<EquipmentState, string>;
  anomalyState: Record<'open' | 'closed', string>;
  lotStatus: Record<LotStatus, string>;
  /** Why there is neither a fault assessment nor a forecast. */
  noPrediction: Record<NoPredictionReason, string>;
  /** What tripped the plant. */
  shutdownCause: Record<ShutdownCause, string>;
  detector: Record<DetectorName, string>;
  equipmentKind: Readonly<Record<string, string>>;
  /** By reason of a health driver; a reason without an entry keeps the label it came with. */
  healthReason: Readonly<Record<string, string>>;
  /** Why a unit is not watched; the intervals in seconds, where they are the reason. */
  unwatched(reason: UnwatchedReason, sampledEvery: string, learntEvery: string): string;
  /** By purpose of a model; a purpose without an entry is printed as it is. */
  modelPurpose: Readonly<Record<string, string>>;
  /** What a model of a purpose cannot do. */
  modelBounds: Readonly<Record<string, string>>;
  /** What a model learned from. */
  trainedOn: Record<ModelSummary['trainedOn'], string>;
  /** By label or unit of a numerator or denominator; one without an entry is printed as it is. */
  kpiTerm: Readonly<Record<string, string>>;
  /** By measured figure of a model; one without an entry is not printed. */
  measuredFigure: Readonly<Record<string, MeasuredFigureTexts>>;
  /** What a model was measured on. */
  evaluatedSet: Record<EvaluatedSetKind, string>;
  letterhead: LetterheadTexts;
  clock: ClockTexts;
  section: Record<SectionName, string>;
  figure: Record<FigureName, string>;
  column: Record<ColumnName, string>;
  empty: Record<EmptyName, string>;
  summary: SummaryTexts;
  caption: CaptionTexts;
}

export interface MeasuredFigureTexts {
  label: string;
  /** `share` is printed per cent. */
  kind: 'share' | 'number';
  unit: string;
}

interface LetterheadTexts {
  summary: string;
  period: string;
  generated: string;
  /** What stands before the page number, between it and the count, and after. */
  pageOf: readonly [before: string, between: string, after: string];
  /** Footer of every page. */
  source(generatedAt: string, reportId: string): string;
}

/** What is said where the plant's clock is not the one on the wall. */
interface ClockTexts {
  plant(time: string): string;
  wall(time: string): string;
  both(plantTime: string, wallTime: string): string;
}

export type SectionName =
  | 'kpis'
  | 'lots'
  | 'lot'
  | 'equipment'
  | 'anomaly'
  | 'health'
  | 'sensors'
  | 'anomalies'
  | 'alarmSystem'
  | 'trends'
  | 'forecast'
  | 'fault'
  | 'faultAndForecast'
  | 'dataQuality'
  | 'notes'
  | 'definitions'
  | 'models';

/** Titles of charts. */
type FigureName = 'drivers' | 'contributions' | 'score' | 'scoreTrend' | 'faultClasses' | 'importance';

type ColumnName =
  | 'kpi'
  | 'value'
  | 'unit'
  | 'calculation'
  | 'equipment'
  | 'kind'
  | 'state'
  | 'score'
  | 'lowest'
  | 'drivers'
  | 'severity'
  | 'begin'
  | 'end'
  | 'duration'
  | 'detector'
  | 'tags'
  | 'tag'
  | 'peak'
  | 'readAt'
  | 'lot'
  | 'grade'
  | 'anomalies'
  | 'production'
  | 'knownFault'
  | 'model'
  | 'purpose'
  | 'trainedOn'
  | 'checks'
  | 'measured'
  | 'acknowledged'
  | 'alarmFigure'
  | 'atMost'
  | 'verdict'
  | 'gap'
  | 'from'
  | 'to';

type EmptyName =
  | 'kpis'
  | 'health'
  | 'drivers'
  | 'sensors'
  | 'anomalies'
  | 'contributions'
  | 'trends'
  | 'trendData'
  | 'dataQuality'
  | 'gaps';

/** When the plant stood still; durations are of the period. */
interface StandstillWords {
  /** How many standstills; the rest is about the first. */
  count: number;
  begin: string;
  /** What tripped the plant; null when nobody knows. */
  cause: string | null;
  /** Of all standstills. */
  duration: string;
  /** Whether the plant stood in all of the period, or still stood at its end. */
  until: 'throughout' | 'end' | 'restart';
}

export interface SummaryTexts {
  noData: string;
  standstill(words: StandstillWords): string;
  /** @param tonnes of G and H in the period, null for none */
  produced(tonnes: string | null): string;
  /** What the figures of a period with little data are worth. */
  littleData(share: string): string;
  noAnomalies(duration: string): string;
  anomalies(count: number, critical: number, open: number, duration: string): string;
  /** @param duration null while the event lasts */
  mostSevere(
    begin: string,
    equipment: string | null,
    duration: string | null,
    tags: readonly string[],
  ): string;
  incidents(count: number, critical: number, open: number, duration: string): string;
  /** @param duration null while it lasts */
  worstIncident(
    begin: string,
    equipment: string | null,
    duration: string | null,
    firstTags: readonly string[],
  ): string;
  /** @param lookAt what to look at, a sentence of its own */
  incidentCause(fault: string, probability: string, lookAt: string): string;
  anomalyIncident(id: string, firstTags: readonly string[]): string;
  /** Of the scores at the end of the period: a unit may have been lower within it, which its row shows. */
  healthGood(units: number, threshold: string): string;
  /**
   * Of the scores at the end of the period, too.
   * @param othersBelow how many further units are below the threshold
   */
  healthLowest(equipment: string, score: string, othersBelow: number, threshold: string): string;
  /**
   * @param change null when there is nothing to compare with
   * @param whileRunning whether the plant stood still in the period, which the figure leaves out
   */
  headline(
    label: string,
    value: string,
    change: string | null,
    direction: 'up' | 'down' | 'same',
    whileRunning: boolean,
  ): string;
  incomplete(share: string): string;
  lot(lotNo: string, grade: string, duration: string, closed: boolean): string;
  lotFault(fault: string): string;
  /** @param lowest null when it never was lower */
  equipment(name: string, state: string, score: string, lowest: string | null): string;
  equipmentUnknown(name: string): string;
  /** @param why as `unwatched` says it */
  equipmentUnwatched(name: string, why: string): string;
  unitsUnwatched(names: string[]): string;
  equipmentDriver(driver: string, points: string): string;
  anomaly(severity: string, equipment: string | null, begin: string, duration: string | null): string;
  anomalyPeak(detector: string, times: string): string;
  anomalyTags(share: string, tags: readonly string[]): string;
  anomalyFault(probability: string, fault: string | null, faultProbability: string | null): string;
  acknowledged(by: string, at: string): string;
  notAcknowledged: string;
}

export interface CaptionTexts {
  openEnd: string;
  none: string;
  versusPrevious: string;
  anomalyBand: string;
  limitLines: string;
  statistics(lowest: string, mean: string, highest: string): string;
  peakTimes(times: string): string;
  moreAnomalies(shown: number, total: number): string;
  contributions: string;
  threshold: string;
  forecast(madeAt: string, coverage: string): string;
  forecastLabel: string;
  crossing(probability: string): string;
  faultProbability(probability: string, at: string, model: string): string;
  noFault: string;
  completeness(received: string, expected: string, share: string): string;
  /** Samples are missing, but never many in a row. */
  shortGaps(missing: string): string;
  badSamples(count: string): string;
  moreGaps(count: string): string;
  /** Gates of a model version. */
  checksPassed(passed: number, all: number): string;
  /** @param frequent alarms with their counts, the most frequent first */
  alarmsShown(count: string, frequent: readonly string[]): string;
  incidentAlarm: string;
  withinBound: string;
  beyondBound: string;
  notEvaluated: string;
  /** What the ranges behind measured figures are. */
  measuredRange: string;
}
