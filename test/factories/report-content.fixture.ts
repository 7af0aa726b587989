import { ALARM_FIGURES, type AlarmFigureName } from '#alarm';
import { DISTURBANCES, EQUIPMENT, TAGS, tagIndex } from '#tep';
import type {
  AlarmSystemFacts,
  AnomalyFacts,
  IncidentFacts,
  EquipmentFacts,
  EquipmentHealth,
  LotFacts,
  ModelSummary,
  Named,
  ReportContent,
  ReportLang,
  ReportType,
  TagForecast,
  TagTrend,
} from '../../libs/report/gathering/content.js';

import {
  EVENT_END_MS,
  EVENT_START_MS,
  SAMPLE_FROM_MS,
  SAMPLE_STEP_MS,
  SAMPLE_TO_MS,
  sampleKpis,
  wave,
} from './report-series.fixture.js';

/** What is known of a period in which nothing was stored, too. */
type KnownMember =
  'lang' | 'subject' | 'plantName' | 'timeZone' | 'period' | 'generatedAt' | 'reportId' | 'healthBands';
/** All that is gathered, also what a report may lack: the compiler asks for a new member where there is nothing of it. */
type Gathered = { [Member in Exclude<keyof Required<ReportContent>, KnownMember>]: ReportContent[Member] };

/** A complete report of the type with believable figures; every section has something to show. */
export function aReport(
  type: ReportType,
  lang: ReportLang,
  changes: Partial<ReportContent> = {},
): ReportContent {
  const whole: Required<ReportContent> = {
    lang,
    subject: subjectOf(type),
    plantName: 'Tennessee Eastman Process',
    timeZone: 'UTC',
    period: { fromMs: SAMPLE_FROM_MS, toMs: SAMPLE_TO_MS },
    generatedAt: { plantMs: SAMPLE_TO_MS + 300_000, wallMs: SAMPLE_TO_MS + 300_000 },
    reportId: '7d3c9a52-1f0e-4b7c-9a35-0c2f4b1d8e66',
    standstills: [],
    kpis: sampleKpis(),
    equipmentHealth: sampleHealth(),
    healthBands: { poorBelow: 50, goodFrom: 80 },
    anomalies: type === 'equipment' ? [anAnomaly()] : [anAnomaly(), aSecondAnomaly()],
    anomalyCount: type === 'equipment' ? 1 : 2,
    incidents: [],
    alarmSystem: anAlarmSystem(),
    trends: ['XMEAS_09', 'XMV_10', 'XMEAS_07', 'XMEAS_21'].map((code) => aTrend(code)),
    forecasts: [aForecast('XMEAS_09'), aForecast('XMV_10')],
    noPrediction: null,
    fault: {
      atMs: EVENT_END_MS,
      probability: 0.927,
      classes: [
        { idv: 4, probability: 0.812 },
        { idv: 11, probability: 0.094 },
        { idv: 0, probability: 0.073 },
        { idv: 14, probability: 0.021 },
      ],
      importance: [
        { ...named('XMV_10'), importance: 0.412 },
        { ...named('XMEAS_09'), importance: 0.287 },
        { ...named('XMEAS_21'), importance: 0.101 },
        { ...named('XMEAS_07'), importance: -0.012 },
      ],
      model: 'fault-lstm 1.0.0',
    },
    lots: [aLot()],
    models: [sampleModel()],
    dataQuality: {
      expectedSamples: 25_440,
      receivedSamples: 25_391,
      gaps: [{ ...named('XMEAS_23'), fromMs: SAMPLE_FROM_MS + 7_200_000, toMs: SAMPLE_FROM_MS + 9_000_000 }],
    },
    notes: [
      {
        at: { plantMs: EVENT_END_MS, wallMs: EVENT_END_MS },
        author: 'Kim Min-ji',
        text: 'Cooling tower fan 2 was back at 15:50.\nInlet temperature <b>checked</b> & normal since.',
      },
    ],
  };
  return { ...whole, ...changes };
}

function anAlarmSystem(): AlarmSystemFacts {
  const values: Record<AlarmFigureName, number> = {
    average_rate: 0.319,
    peak_rate: 12,
    floods: 1,
    time_in_flood: 0.0139,
    chattering: 0,
    stale: 2,
    top_ten: 0.87,
    high_priority: 0.022,
  };
  return {
    alarms: 46,
    figures: Object.entries(values).map(([name, value]) => {
      const definition = ALARM_FIGURES[name as AlarmFigureName];
      return { ...definition, value, met: value <= definition.bound };
    }),
    top: [
      { tag: named('XMEAS_09'), limit: 'H', alarms: 14 },
      { tag: named('XMEAS_21'), limit: 'H', alarms: 9 },
      { tag: null, limit: null, alarms: 2 },
    ],
  };
}

function sampleModel(): ModelSummary {
  return {
    name: 'fault-lstm',
    version: '1.0.0',
    purpose: 'diagnosis',
    trainedOn: 'simulated',
    checks: { passed: 3, all: 3 },
    measured: [
      { figure: 'macro_recall', set: 'test_files', value: 0.959, low: 0.942, high: 0.985 },
      { figure: 'macro_recall', set: 'simulated', value: 0.962, low: 0.958, high: 0.966 },
      { figure: 'unknown_auroc', set: 'simulated', value: 0.912, low: 0.891, high: 0.934 },
    ],
  };
}

/** A report of a period in which nothing was stored. */
export function anEmptyReport(type: ReportType, lang: ReportLang): ReportContent {
  const nothing: Gathered = {
    standstills: [],
    kpis: [],
    equipmentHealth: [],
    anomalies: [],
    anomalyCount: 0,
    incidents: [],
    alarmSystem: undefined,
    trends: [],
    forecasts: [],
    fault: undefined,
    noPrediction: null,
    lots: [],
    models: [],
    dataQuality: { expectedSamples: 25_440, receivedSamples: 0, gaps: [] },
    notes: [],
  };
  return aReport(type, lang, nothing);
}

/** A tag of the plant by its code. */
export function named(code: string): Named {
  const { name, nameKo } = TAGS[tagIndex(code)];
  return { code, name, nameKo };
}

export function aLot(changes: Partial<LotFacts> = {}): LotFacts {
  return {
    lotNo: 'L-2026-1122',
    grade: 'G50/H50',
    status: 'closed',
    fromMs: SAMPLE_FROM_MS,
    toMs: SAMPLE_TO_MS,
    knownFaultIdv: DISTURBANCES[3].idv,
    anomalyCount: 2,
    productionRate: 22.93,
    ...changes,
  };
}

export function anAnomaly(changes: Partial<AnomalyFacts> = {}): AnomalyFacts {
  return {
    id: '4711',
    severity: 'critical',
    state: 'closed',
    startMs: EVENT_START_MS,
    endMs: EVENT_END_MS,
    detector: 'pca_t2',
    equipment: unit('REACTOR'),
    peakScore: 412,
    threshold: 49.6,
    contributions: [
      { ...named('XMV_10'), share: 0.463 },
      { ...named('XMEAS_09'), share: 0.248 },
      { ...named('XMEAS_21'), share: 0.137 },
      { ...named('XMEAS_07'), share: 0.041 },
      { ...named('XMEAS_08'), share: 0.022 },
    ],
    acknowledgement: {
      at: { plantMs: EVENT_START_MS + 900_000, wallMs: EVENT_START_MS + 900_000 },
      by: 'kim.minji',
      comment: 'Cooling-water inlet is 5 °C too warm.',
    },
    scoreTrend: wave(30, 6, 380),
    ...changes,
  };
}

export function anIncident(changes: Partial<IncidentFacts> = {}): IncidentFacts {
  return {
    id: '12',
    severity: 'critical',
    startMs: EVENT_START_MS,
    endMs: EVENT_END_MS,
    equipment: unit('REACTOR'),
    firstTags: [
      { ...named('XMV_10'), share: 0.7 },
      { ...named('XMEAS_21'), share: 0.2 },
    ],
    cause: { idv: 4, probability: 0.97 },
    ...changes,
  };
}

function aSecondAnomaly(): AnomalyFacts {
  return anAnomaly({
    id: '4712',
    severity: 'high',
    detector: 'zscore',
    state: 'open',
    startMs: SAMPLE_FROM_MS + 22 * 3_600_000,
    endMs: null,
    equipment: unit('STRIPPER'),
    peakScore: 4.9,
    threshold: 4.2,
    contributions: [
      { ...named('XMEAS_19'), share: 0.71 },
      { ...named('XMV_09'), share: 0.2 },
    ],
    acknowledgement: undefined,
  });
}

function aTrend(code: string): TagTrend {
  const tag = TAGS[tagIndex(code)];
  return {
    ...named(code),
    unit: tag.unit,
    series: wave(tag.baseValue, tag.closedLoopSigma, 8 * tag.closedLoopSigma),
    limits: tag.alarmLimits,
    anomalyBands: [{ from: EVENT_START_MS, to: EVENT_END_MS }],
  };
}

function aForecast(code: string): TagForecast {
  const tag = TAGS[tagIndex(code)];
  const { times, values } = wave(tag.baseValue, tag.closedLoopSigma, 8 * tag.closedLoopSigma);
  const last = 310;
  const steps = Array.from({ length: 20 }, (_, step) => step + 1);
  const level = values[last];
  const spread = (step: number): number => tag.closedLoopSigma * (1 + Math.sqrt(step));
  return {
    ...named(code),
    unit: tag.unit,
    madeAtMs: times[last],
    history: { times: times.slice(last - 40, last + 1), values: values.slice(last - 40, last + 1) },
    steps: {
      times: steps.map((step) => times[last] + step * SAMPLE_STEP_MS),
      values: steps.map((step) => level + 0.1 * step * tag.closedLoopSigma),
      low: steps.map((step) => level + 0.1 * step * tag.closedLoopSigma - spread(step)),
      high: steps.map((step) => level + 0.1 * step * tag.closedLoopSigma + spread(step)),
    },
    coverage: 0.9,
    limits: tag.alarmLimits,
    crossingProbability: 0.118,
  };
}

function subjectOf(type: ReportType): ReportContent['subject'] {
  switch (type) {
    case 'daily':
    case 'production_day':
      return { type };
    case 'lot':
      return { type, lot: aLot() };
    case 'equipment':
      return { type, equipment: reactorFacts() };
    case 'anomaly':
      return { type, anomaly: anAnomaly() };
  }
}

function unit(code: string): Named {
  const found = EQUIPMENT.find((candidate) => candidate.code === code);
  if (!found) throw new RangeError(`no unit has the code ${code}`);
  return { code, name: found.name, nameKo: found.nameKo };
}

const SCORES = [97, 46, 84, 91, 93, 99, 72, 95];

function sampleHealth(): EquipmentHealth[] {
  return EQUIPMENT.map(({ code, name, nameKo }, index) => ({
    code,
    name,
    nameKo,
    state: SCORES[index] < 50 ? 'fault' : SCORES[index] < 80 ? 'warning' : 'running',
    score: SCORES[index],
    lowest: SCORES[index] - 4,
    drivers:
      SCORES[index] < 80
        ? [
            { reason: 'open_anomaly', label: 'Open anomaly', source: null, points: 60 - SCORES[index] / 2 },
            { reason: 'alarm_limit', label: 'Beyond alarm limit', source: named('XMEAS_09'), points: 14 },
          ]
        : [],
  }));
}

function reactorFacts(): EquipmentFacts {
  const reactor = EQUIPMENT[1];
  return {
    ...sampleHealth()[1],
    kind: reactor.kind,
    description: reactor.description,
    scoreTrend: wave(92, 1.2, -46),
    sensors: TAGS.filter((tag) => tag.equipmentCode === reactor.code).map((tag) => ({
      ...named(tag.code),
      unit: tag.unit,
      value: tag.code === 'XMEAS_07' ? 2911 : tag.baseValue,
      readAtMs: SAMPLE_TO_MS,
      limits: tag.alarmLimits,
    })),
  };
}
