import { barChartSvg, lineChartSvg } from '#charts';
import type { Severity } from '#anomaly';
import type { AnomalyFacts, ReportContent } from '../gathering/content.js';
import { UNKNOWN } from '../texts/format.js';
import type { ReportLanguage } from '../texts/language.js';
import {
  cell,
  chipCell,
  trusted,
  type Block,
  type Figure,
  type Row,
  type Section,
  type Tone,
} from './view.js';

const SEVERITY_TONES: Record<Severity, Tone> = {
  low: 'plain',
  medium: 'fair',
  high: 'bad',
  critical: 'poor',
};

/** Table of events with their strongest tags; comments of people stand below the row. */
export function anomaliesSection(content: ReportContent, language: ReportLanguage): Section {
  const { texts } = language;
  const { anomalies, anomalyCount } = content;
  const blocks: Block[] =
    anomalies.length === 0
      ? [{ kind: 'sentence', text: texts.empty.anomalies }]
      : [anomalyTable(anomalies, language)];
  if (anomalies.length > 0 && anomalyCount > anomalies.length) {
    blocks.push({ kind: 'caption', text: texts.caption.moreAnomalies(anomalies.length, anomalyCount) });
  }
  return { name: 'anomalies', title: texts.section.anomalies, blocks };
}

/** The event the report is about. */
export function anomalySection(
  anomaly: AnomalyFacts,
  content: ReportContent,
  language: ReportLanguage,
): Section {
  const { texts, format } = language;
  const { column } = texts;
  const lasted = (anomaly.endMs ?? content.period.toMs) - anomaly.startMs;
  const facts = [
    {
      label: column.severity,
      cell: chipCell(texts.severity[anomaly.severity], SEVERITY_TONES[anomaly.severity]),
    },
    { label: column.state, cell: cell(texts.anomalyState[anomaly.state]) },
    { label: column.equipment, cell: cell(anomaly.equipment ? language.nameOf(anomaly.equipment) : UNKNOWN) },
    { label: column.begin, cell: cell(format.dateTime(anomaly.startMs)) },
    {
      label: column.end,
      cell: cell(anomaly.endMs === null ? texts.caption.openEnd : format.dateTime(anomaly.endMs)),
    },
    { label: column.duration, cell: cell(format.duration(lasted)) },
    { label: column.detector, cell: cell(language.detectorName(anomaly.detector)) },
    { label: column.peak, cell: cell(peakText(anomaly, language)) },
    {
      label: column.acknowledged,
      cell: anomaly.acknowledgement
        ? cell(
            `${anomaly.acknowledgement.by}, ${language.momentText(anomaly.acknowledgement.at, 'dayTime')}`,
            {
              detail: anomaly.acknowledgement.comment,
            },
          )
        : cell(texts.caption.none),
    },
  ];
  return {
    name: 'anomaly',
    title: texts.section.anomaly,
    blocks: [
      { kind: 'facts', facts },
      {
        kind: 'figures',
        figures: [contributionFigure(anomaly, language), detectorFigure(anomaly, content, language)],
      },
    ],
  };
}

function anomalyTable(anomalies: readonly AnomalyFacts[], language: ReportLanguage): Block {
  const { column } = language.texts;
  return {
    kind: 'table',
    columns: [
      { label: column.severity, numeric: false, width: 10 },
      { label: column.begin, numeric: false, width: 14 },
      { label: column.duration, numeric: false, width: 14 },
      { label: column.equipment, numeric: false, width: 14 },
      { label: column.detector, numeric: false, width: 18 },
      { label: column.tags, numeric: false, width: 0 },
    ],
    rows: anomalies.map((anomaly) => anomalyRow(anomaly, language)),
  };
}

function anomalyRow(anomaly: AnomalyFacts, language: ReportLanguage): Row {
  const { texts, format } = language;
  const tags = anomaly.contributions
    .slice(0, 3)
    .map((tag) => `${language.nameOf(tag)} ${format.percent(tag.share)}`);
  const note = anomaly.acknowledgement;
  return {
    cells: [
      chipCell(texts.severity[anomaly.severity], SEVERITY_TONES[anomaly.severity]),
      cell(format.dayTime(anomaly.startMs)),
      anomaly.endMs === null
        ? cell(texts.caption.openEnd)
        : cell(format.duration(anomaly.endMs - anomaly.startMs), {
            detail: `– ${format.dayTime(anomaly.endMs)}`,
          }),
      cell(anomaly.equipment ? language.nameOf(anomaly.equipment) : UNKNOWN),
      cell(language.detectorName(anomaly.detector), { detail: peakText(anomaly, language) }),
      cell(tags.join('\n') || UNKNOWN),
    ],
    note: note
      ? [texts.summary.acknowledged(note.by, language.momentText(note.at, 'dayTime')), note.comment].join(' ')
      : '',
  };
}

/** How far beyond its threshold the detector went; a threshold of 0 leaves only the score. */
function peakText({ peakScore, threshold }: AnomalyFacts, { texts, format }: ReportLanguage): string {
  if (threshold > 0) return texts.caption.peakTimes(format.times(peakScore / threshold));
  return format.number(peakScore);
}

/** The strongest tags as bars. */
function contributionFigure(anomaly: AnomalyFacts, language: ReportLanguage): Figure {
  const { texts, format } = language;
  const figure = { title: texts.figure.contributions, detail: '', wide: false };
  if (anomaly.contributions.length === 0)
    return { ...figure, graphic: null, caption: texts.empty.contributions };
  const bars = anomaly.contributions.slice(0, 8).map((tag) => ({
    label: language.nameOf(tag),
    value: tag.share,
    valueText: format.percent(tag.share),
  }));
  return {
    ...figure,
    caption: texts.caption.contributions,
    graphic: trusted(
      barChartSvg({
        title: texts.figure.contributions,
        bars,
        width: 330,
        labels: 'above',
        locale: format.locale,
      }),
    ),
  };
}

/** The detector's score against its threshold. */
function detectorFigure(anomaly: AnomalyFacts, content: ReportContent, language: ReportLanguage): Figure {
  const { texts, format } = language;
  const figure = { title: texts.figure.score, detail: language.detectorName(anomaly.detector), wide: false };
  const series = anomaly.scoreTrend;
  if (!series || !Array.from(series.values).some(Number.isFinite)) {
    return { ...figure, graphic: null, caption: texts.empty.trendData };
  }
  return {
    ...figure,
    caption: texts.caption.threshold,
    graphic: trusted(
      lineChartSvg({
        title: texts.figure.score,
        series,
        limits: [{ value: anomaly.threshold, label: '', side: 'high', urgent: true }],
        bands: [{ from: anomaly.startMs, to: anomaly.endMs ?? content.period.toMs }],
        timeZone: format.timeZone,
        locale: format.locale,
        height: 152,
      }),
    ),
  };
}
