import type { Severity } from '#anomaly';
import type { LotStatus } from '#lot';
import type { EvaluatedSetKind } from '#ml';
import type { TimeBand, TimeSeries } from '#charts';
import type { AlarmLimits, Standstill } from '#tep';
import type { UnwatchedReason } from '#timeseries';

export const REPORT_TYPES = ['daily', 'production_day', 'lot', 'equipment', 'anomaly'] as const;
export type ReportType = (typeof REPORT_TYPES)[number];

export const REPORT_LANGS = ['en', 'ko'] as const;
export type ReportLang = (typeof REPORT_LANGS)[number];

/**
 * Everything a report can say, as numbers and codes; words and number formats are chosen by the language when it is
 * rendered. Times are epoch milliseconds of plant time, unless they are said to be of the wall clock. An empty list or an absent member becomes a sentence ("No anomalies
 * were detected in this period.") or nothing, never an empty box. NaN and null both mean "not known".
 */
export interface ReportContent {
  lang: ReportLang;
  /** What the report is about; decides which sections it has and in which order. */
  subject: ReportSubject;
  /** Printed in the letterhead, e.g. `Tennessee Eastman Process`. */
  plantName: string;
  /** Zone times are printed in: an IANA name, or a fixed offset. */
  timeZone: string;
  period: { fromMs: number; toMs: number };
  /** When the plant stood still in the period, in order of time; the first may have begun before it. */
  standstills: readonly Standstill[];
  generatedAt: { plantMs: number; wallMs: number };
  /** Printed in the footer so that a sheet of paper can be traced to its job. */
  reportId: string;
  kpis: readonly KpiFigure[];
  equipmentHealth: readonly EquipmentHealth[];
  /** Scores below the first are poor, from the second on good; the notches of the score bars. */
  healthBands: { poorBelow: number; goodFrom: number };
  /** The most important first; `anomalyCount` may be larger than the list. */
  anomalies: readonly AnomalyFacts[];
  anomalyCount: number;
  /** The events behind the anomalies, the most severe first; of an anomaly report the one it belongs to, if any. */
  incidents: readonly IncidentFacts[];
  /** How well the alarm system served people in the period; absent where too many alarms are there to count. */
  alarmSystem?: AlarmSystemFacts | undefined;
  trends: readonly TagTrend[];
  forecasts: readonly TagForecast[];
  fault?: FaultAssessment | undefined;
  /** Why neither could be made at the end of the period; null where they were. */
  noPrediction: NoPredictionReason | null;
  lots: readonly LotFacts[];
  models: readonly ModelSummary[];
  dataQuality?: DataQuality | undefined;
  notes: readonly ReportNote[];
}

export type ReportSubject =
  | { type: 'daily' | 'production_day' }
  | { type: 'lot'; lot: LotFacts }
  | { type: 'equipment'; equipment: EquipmentFacts }
  | { type: 'anomaly'; anomaly: AnomalyFacts };

/** A thing of the plant: the code is its identity; the name in the reader's language is shown. */
export interface Named {
  code: string;
  name: string;
  nameKo: string | null;
}

/** When somebody did something, by the plant's clock (null: nobody noted it) and by the one on the wall. */
export interface MomentOfBoth {
  plantMs: number | null;
  wallMs: number;
}

export interface KpiFigure {
  /** Stable key, e.g. `production_rate`. */
  name: string;
  label: string;
  unit: string;
  value: number | null;
  definition: string;
  numerator: { label: string; value: number | null; unit: string } | null;
  denominator: { label: string; value: number | null; unit: string } | null;
  /** The same figure for the period before this one. */
  previous: number | null;
  /** Whether more is better; decides how a change is rated. */
  better: 'higher' | 'lower' | 'neither';
  trend: TimeSeries;
}

export type EquipmentState = 'running' | 'warning' | 'fault' | 'unknown' | 'unwatched';

/** Why a unit is not watched; how often it is sampled where that is the reason. */
export interface Unwatched {
  reason: UnwatchedReason;
  sampledEveryMs: number | null;
  learntEveryMs: number;
}

export interface EquipmentHealth extends Named {
  state: EquipmentState;
  /** 0 (worst) to 100. */
  score: number | null;
  /** Lowest score of the period. */
  lowest: number | null;
  /** What takes points away, most first. */
  drivers: readonly HealthDriver[];
  /** Of a unit whose state is `unwatched`. */
  unwatched?: Unwatched;
}

export interface HealthDriver {
  /** Stable key, e.g. `open_anomaly`; worded in the report's language where it is known, else the label is printed. */
  reason: string;
  label: string;
  /** The tag or unit it comes from. */
  source: Named | null;
  /** Points it takes from 100. */
  points: number;
}

export interface EquipmentFacts extends EquipmentHealth {
  kind: string;
  description: string;
  scoreTrend: TimeSeries;
  sensors: readonly SensorReading[];
}

export interface SensorReading extends Named {
  unit: string;
  value: number | null;
  /** Whether the newest sample is bad, so that there is no value. */
  isBad?: boolean;
  readAtMs: number | null;
  limits: AlarmLimits;
}

export interface AnomalyFacts {
  id: string;
  severity: Severity;
  state: 'open' | 'closed';
  startMs: number;
  /** null while it lasts. */
  endMs: number | null;
  /** Key of the detector, e.g. `pca_t2`. */
  detector: string;
  equipment: Named | null;
  peakScore: number;
  threshold: number;
  /** Ranked, strongest first. */
  contributions: readonly TagContribution[];
  acknowledgement?: { at: MomentOfBoth; by: string; comment: string } | undefined;
  /** The detector's score around the event. */
  scoreTrend?: TimeSeries | undefined;
}

export interface IncidentFacts {
  id: string;
  severity: Severity;
  startMs: number;
  /** null while it lasts. */
  endMs: number | null;
  /** Of the tag that moved first. */
  equipment: Named | null;
  /** Ranked, strongest first. */
  firstTags: readonly TagContribution[];
  /** The likeliest disturbance; null when it is none of them, or nobody has diagnosed it. */
  cause: { idv: number; probability: number } | null;
}

export interface AlarmSystemFacts {
  /** How many alarms people were shown. */
  alarms: number;
  figures: readonly AlarmFigureFacts[];
  /** The most frequent first. */
  top: readonly FrequentAlarm[];
}

export interface AlarmFigureFacts {
  label: string;
  labelKo: string;
  definition: string;
  definitionKo: string;
  value: number | null;
  /** The largest value that is good. */
  bound: number;
  unit: 'per_10_min' | 'count' | 'share';
  /** null where it cannot be evaluated. */
  met: boolean | null;
}

/** An alarm of a limit of a tag, or of incidents: then there is neither. */
export interface FrequentAlarm {
  tag: Named | null;
  limit: string | null;
  alarms: number;
}

export interface TagContribution extends Named {
  /** 0–1 of the whole score. */
  share: number;
}

export interface TagTrend extends Named {
  unit: string;
  series: TimeSeries;
  limits: AlarmLimits;
  /** Spans in which an anomaly was open. */
  anomalyBands: readonly TimeBand[];
}

export interface TagForecast extends Named {
  unit: string;
  /** When the prediction was made. */
  madeAtMs: number;
  history: TimeSeries;
  steps: TimeSeries & { low: ArrayLike<number>; high: ArrayLike<number> };
  /** 0–1, e.g. 0.9: how often the interval should hold the value. */
  coverage: number;
  limits: AlarmLimits;
  /** 0–1: that an alarm limit is crossed within the horizon. */
  crossingProbability: number | null;
}

/** The plant stood still; no samples near the end, too few before it, some missing there, a tag without any; an interval that nobody learnt; else. */
export type NoPredictionReason =
  'standstill' | 'stale' | 'too_short' | 'gaps' | 'tag_missing' | 'sampling' | 'other';

export interface FaultAssessment {
  atMs: number;
  /** 0–1: that any fault is present. */
  probability: number;
  /** Most probable first. */
  classes: readonly { idv: number; probability: number }[];
  /** What the model looked at most, strongest first; importance in the units of the model's loss. */
  importance: readonly (Named & { importance: number })[];
  model: string;
}

export interface LotFacts {
  lotNo: string;
  /** Product grade or operating mode; empty when not recorded. */
  grade: string;
  status: LotStatus;
  fromMs: number;
  toMs: number | null;
  /** Disturbance known to have been active: 0 for none, null when nobody knows. */
  knownFaultIdv: number | null;
  anomalyCount: number;
  /** Mean production in the lot, m³/h. */
  productionRate: number | null;
}

export interface ModelSummary {
  name: string;
  version: string;
  purpose: string;
  trainedOn: 'simulated' | 'history';
  /** Of the figures that a version has to reach before it is used. */
  checks: { passed: number; all: number };
  /** What it was measured at after its training; none when nobody has. */
  measured: readonly MeasuredFigure[];
}

export interface MeasuredFigure {
  /** Stable key, e.g. `detection_rate`; worded in the report's language where it is known. */
  figure: string;
  set: EvaluatedSetKind;
  value: number;
  /** 95 % interval. */
  low: number;
  high: number;
}

export interface DataQuality {
  expectedSamples: number;
  /** Without bad ones, which are gaps. */
  receivedSamples: number;
  badSamples?: number;
  gaps: readonly (Named & { fromMs: number; toMs: number })[];
}

export interface ReportNote {
  at: MomentOfBoth;
  author: string;
  /** As typed by a person: may hold anything. */
  text: string;
}
