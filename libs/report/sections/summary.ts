import type { Severity } from '#anomaly';
import { whyUnwatched } from './health.section.js';
import { kpiChange } from './kpi.section.js';
import { completenessOf } from './quality.section.js';
import type {
  AnomalyFacts,
  EquipmentFacts,
  EquipmentHealth,
  IncidentFacts,
  LotFacts,
  ReportContent,
  TagContribution,
} from '../gathering/content.js';
import type { ReportLanguage } from '../texts/language.js';
import type { ReportVerdict } from '../texts/texts.js';

export interface ReportSummary {
  verdict: ReportVerdict;
  sentences: string[];
}

/** Below this share of the expected samples the reader is warned. */
const COMPLETE_FROM = 0.99;
/** Below this share figures say little of the period. */
const LITTLE_DATA_BELOW = 0.5;
const NAMED_TAGS = 3;

/** The report in a few sentences, for a reader who reads nothing else. */
export function summarize(content: ReportContent, language: ReportLanguage): ReportSummary {
  const { summary } = language.texts;
  if (isEmpty(content)) return { verdict: 'no_data', sentences: [summary.noData] };
  return {
    verdict: verdictOf(content),
    sentences: [
      ...littleDataSentences(content, language),
      ...standstillSentences(content, language),
      ...subjectSentences(content, language),
      ...dataSentences(content, language),
    ],
  };
}

function isEmpty(content: ReportContent): boolean {
  return (
    content.subject.type !== 'anomaly' &&
    content.dataQuality?.receivedSamples === 0 &&
    content.anomalies.length === 0 &&
    content.kpis.every((kpi) => kpi.value === null)
  );
}

/** Action: the plant stands, something critical is open or a unit is faulty. Attention: anything less than a quiet period. */
function verdictOf(content: ReportContent): ReportVerdict {
  const { subject } = content;
  const events = subject.type === 'anomaly' ? [subject.anomaly] : content.anomalies;
  const units =
    subject.type === 'equipment'
      ? [subject.equipment]
      : subject.type === 'daily' || subject.type === 'production_day'
        ? content.equipmentHealth
        : [];
  const { standstills } = content;
  if (standstills.some(({ to }) => to === null)) return 'action';
  const urgent = events.some((event) => event.severity === 'critical' && event.endMs === null);
  if (urgent || units.some((unit) => unit.state === 'fault')) return 'action';
  const quiet = events.every((event) => event.severity === 'low' && event.endMs !== null);
  const watched = units.every((unit) => unit.state !== 'warning' && !isMissampled(unit));
  return quiet && standstills.length === 0 && watched ? 'normal' : 'attention';
}

function subjectSentences(content: ReportContent, language: ReportLanguage): string[] {
  const { subject } = content;
  switch (subject.type) {
    case 'daily':
    case 'production_day':
      return [
        ...anomalySentences(content, language),
        ...healthSentences(content, language),
        ...headlineSentences(content, language),
      ];
    case 'lot':
      return [
        ...lotSentences(subject.lot, content, language),
        ...anomalySentences(content, language),
        ...headlineSentences(content, language),
      ];
    case 'equipment':
      return [...equipmentSentences(subject.equipment, language), ...anomalySentences(content, language)];
    case 'anomaly':
      return eventSentences(subject.anomaly, content, language);
  }
}

function anomalySentences(content: ReportContent, language: ReportLanguage): string[] {
  const { texts, format } = language;
  const { anomalies, anomalyCount, incidents, period } = content;
  const duration = format.duration(period.toMs - period.fromMs);
  if (incidents.length > 0) return incidentSentences(incidents, duration, language);
  if (anomalyCount === 0) return [texts.summary.noAnomalies(duration)];
  const critical = anomalies.filter((anomaly) => anomaly.severity === 'critical').length;
  const open = anomalies.filter((anomaly) => anomaly.endMs === null).length;
  const worst = mostSevere(anomalies);
  return [
    texts.summary.anomalies(anomalyCount, critical, open, duration),
    ...(worst
      ? [
          texts.summary.mostSevere(
            format.dayTime(worst.startMs),
            worst.equipment ? language.nameOf(worst.equipment) : null,
            worst.endMs === null ? null : format.duration(worst.endMs - worst.startMs),
            tagNames(worst.contributions, language),
          ),
        ]
      : []),
  ];
}

/** How many events there were, and of the most severe what it was: single anomalies show where it ended up. */
function incidentSentences(
  incidents: readonly IncidentFacts[],
  duration: string,
  language: ReportLanguage,
): string[] {
  const { texts, format } = language;
  const [worst] = incidents;
  const critical = incidents.filter(({ severity }) => severity === 'critical').length;
  const open = incidents.filter(({ endMs }) => endMs === null).length;
  return [
    texts.summary.incidents(incidents.length, critical, open, duration),
    texts.summary.worstIncident(
      format.dayTime(worst.startMs),
      worst.equipment ? language.nameOf(worst.equipment) : null,
      worst.endMs === null ? null : format.duration(worst.endMs - worst.startMs),
      tagNames(worst.firstTags, language),
    ),
    ...causeSentences(worst, language),
  ];
}

function causeSentences(
  { cause }: IncidentFacts,
  { texts, format, faultName, lookAt }: ReportLanguage,
): string[] {
  if (cause === null) return [];
  const probability = format.percent(cause.probability);
  return [texts.summary.incidentCause(faultName(cause.idv), probability, lookAt(cause.idv))];
}

/** Whether a unit that sends samples is not watched because of how they come. */
function isMissampled({ unwatched }: EquipmentHealth): boolean {
  return unwatched?.reason === 'slower' || unwatched?.reason === 'off_grid';
}

const SEVERITY_RANK: Record<Severity, number> = { low: 0, medium: 1, high: 2, critical: 3 };

function mostSevere(anomalies: readonly AnomalyFacts[]): AnomalyFacts | undefined {
  const excess = (anomaly: AnomalyFacts): number => anomaly.peakScore / (anomaly.threshold || 1);
  return [...anomalies]
    .sort((a, b) => SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity] || excess(b) - excess(a))
    .at(0);
}

function healthSentences(content: ReportContent, { texts, format, nameOf }: ReportLanguage): string[] {
  const { goodFrom } = content.healthBands;
  const scored = content.equipmentHealth.filter((unit) => unit.score !== null);
  const worst = [...scored].sort((a, b) => (a.score ?? 0) - (b.score ?? 0)).at(0);
  const unwatched = content.equipmentHealth.filter(({ state }) => state === 'unwatched').map(nameOf);
  const blind = unwatched.length > 0 ? [texts.summary.unitsUnwatched(unwatched)] : [];
  if (!worst) return blind;
  const threshold = format.score(goodFrom);
  const below = scored.filter((unit) => (unit.score ?? 0) < goodFrom).length;
  if (below === 0) return [texts.summary.healthGood(scored.length, threshold), ...blind];
  return [
    texts.summary.healthLowest(nameOf(worst), format.score(worst.score), below - 1, threshold),
    ...blind,
  ];
}

/** The first figure stands for the rest: suppliers put the most important one first. */
function headlineSentences(
  { kpis, standstills }: ReportContent,
  { texts, format, kpiWords }: ReportLanguage,
): string[] {
  const kpi = kpis.at(0);
  if (!kpi || kpi.value === null) return [];
  const change = kpiChange(kpi, format);
  const { label } = kpiWords(kpi);
  const value = `${format.number(kpi.value)} ${kpi.unit}`;
  const whileRunning = standstills.length > 0;
  return [
    texts.summary.headline(label, value, change?.text ?? null, change?.direction ?? 'same', whileRunning),
  ];
}

function lotSentences(lot: LotFacts, content: ReportContent, language: ReportLanguage): string[] {
  const { texts, format } = language;
  const duration = format.duration((lot.toMs ?? content.period.toMs) - lot.fromMs);
  const sentence = texts.summary.lot(lot.lotNo, lot.grade, duration, lot.status === 'closed');
  return !lot.knownFaultIdv
    ? [sentence]
    : [sentence, texts.summary.lotFault(language.faultName(lot.knownFaultIdv))];
}

function equipmentSentences(equipment: EquipmentFacts, language: ReportLanguage): string[] {
  const { texts, format } = language;
  const why = whyUnwatched(equipment, language);
  if (why !== undefined) return [texts.summary.equipmentUnwatched(language.nameOf(equipment), why)];
  if (equipment.score === null) return [texts.summary.equipmentUnknown(language.nameOf(equipment))];
  const sentence = texts.summary.equipment(
    language.nameOf(equipment),
    texts.equipmentState[equipment.state],
    format.score(equipment.score),
    equipment.lowest === null || equipment.lowest >= equipment.score ? null : format.score(equipment.lowest),
  );
  const driver = equipment.drivers.at(0);
  if (!driver) return [sentence];
  return [sentence, texts.summary.equipmentDriver(language.driverText(driver), format.score(driver.points))];
}

function eventSentences(anomaly: AnomalyFacts, content: ReportContent, language: ReportLanguage): string[] {
  const { texts, format } = language;
  const { summary } = texts;
  const sentences = [
    summary.anomaly(
      texts.severity[anomaly.severity],
      anomaly.equipment ? language.nameOf(anomaly.equipment) : null,
      format.dayTime(anomaly.startMs),
      anomaly.endMs === null ? null : format.duration(anomaly.endMs - anomaly.startMs),
    ),
  ];
  if (anomaly.threshold > 0) {
    const times = format.times(anomaly.peakScore / anomaly.threshold);
    sentences.push(summary.anomalyPeak(language.detectorName(anomaly.detector), times));
  }
  const incident = content.incidents.at(0);
  if (incident) {
    sentences.push(
      summary.anomalyIncident(incident.id, tagNames(incident.firstTags, language)),
      ...causeSentences(incident, language),
    );
  }
  const named = anomaly.contributions.slice(0, NAMED_TAGS);
  if (!incident && named.length > 0) {
    const share = named.reduce((sum, tag) => sum + tag.share, 0);
    sentences.push(summary.anomalyTags(format.percent(share), tagNames(named, language)));
  }
  const { fault } = content;
  if (!incident?.cause && fault) {
    const likeliest = fault.classes.find((candidate) => candidate.idv !== 0);
    sentences.push(
      summary.anomalyFault(
        format.percent(fault.probability),
        likeliest ? language.faultName(likeliest.idv) : null,
        likeliest ? format.percent(likeliest.probability) : null,
      ),
    );
  }
  const { acknowledgement } = anomaly;
  sentences.push(
    acknowledgement
      ? summary.acknowledged(acknowledgement.by, language.momentText(acknowledgement.at, 'dayTime'))
      : summary.notAcknowledged,
  );
  return sentences;
}

/** What counts more than anything else that happened: that the plant did not run. */
function standstillSentences(content: ReportContent, { texts, format }: ReportLanguage): string[] {
  const { standstills, period, subject } = content;
  const [first] = standstills;
  if (first === undefined) return [];
  const stoodMs = standstills.reduce(
    (sum, { from, to }) => sum + (to ?? period.toMs) - Math.max(from, period.fromMs),
    0,
  );
  const stands = standstills.at(-1)?.to === null;
  const sentence = texts.summary.standstill({
    count: standstills.length,
    begin: format.dayTime(first.from),
    cause: first.cause && texts.shutdownCause[first.cause],
    duration: format.duration(stoodMs),
    until: !stands ? 'restart' : first.from <= period.fromMs && first.to === null ? 'throughout' : 'end',
  });
  if (subject.type === 'equipment' || subject.type === 'anomaly') return [sentence];
  const kilograms = content.kpis.find(({ name }) => name === 'production_rate')?.numerator?.value ?? null;
  return [sentence, texts.summary.produced(kilograms === null ? null : format.number(kilograms / 1_000))];
}

/** A period of which little is known says so before anything else. */
function littleDataSentences(content: ReportContent, { texts, format }: ReportLanguage): string[] {
  const share = shareOfData(content);
  return share !== null && share < LITTLE_DATA_BELOW ? [texts.summary.littleData(format.percent(share))] : [];
}

function dataSentences(content: ReportContent, { texts, format }: ReportLanguage): string[] {
  const share = shareOfData(content);
  return share !== null && share >= LITTLE_DATA_BELOW && share < COMPLETE_FROM
    ? [texts.summary.incomplete(format.percent(share))]
    : [];
}

function shareOfData({ dataQuality }: ReportContent): number | null {
  return dataQuality ? completenessOf(dataQuality) : null;
}

function tagNames(contributions: readonly TagContribution[], { nameOf }: ReportLanguage): string[] {
  return contributions.slice(0, NAMED_TAGS).map(nameOf);
}
