import { EQUIPMENT } from '#tep';
import { barChartSvg, lineChartSvg, scoreBarSvg } from '#charts';
import type {
  AnomalyFacts,
  EquipmentFacts,
  EquipmentHealth,
  EquipmentState,
  ReportContent,
  ReportLang,
  SensorReading,
} from '../gathering/content.js';
import { alarmOf } from './alarm-limits.js';
import type { ReportLanguage } from '../texts/language.js';
import {
  cell,
  chipCell,
  numericCell,
  trusted,
  type Block,
  type Cell,
  type Column,
  type Figure,
  type Row,
  type Section,
  type Tone,
} from './view.js';

const STATE_TONES: Record<EquipmentState, Tone> = {
  running: 'good',
  warning: 'fair',
  fault: 'poor',
  unknown: 'plain',
  unwatched: 'plain',
};

const LIMITS = ['ll', 'l', 'h', 'hh'] as const;

/** All units with state, score bar and what takes points away. */
export function healthSection(content: ReportContent, language: ReportLanguage): Section {
  const { texts } = language;
  const rows = content.equipmentHealth.map((unit) => healthRow(unit, content, language));
  const block: Block =
    rows.length === 0
      ? { kind: 'sentence', text: texts.empty.health }
      : {
          kind: 'table',
          columns: [
            { label: texts.column.equipment, numeric: false, width: 22 },
            { label: texts.column.state, numeric: false, width: 12 },
            { label: texts.column.score, numeric: false, width: 26 },
            { label: texts.column.lowest, numeric: true, width: 9 },
            { label: texts.column.drivers, numeric: false, width: 0 },
          ],
          rows,
        };
  return { name: 'health', title: texts.section.health, blocks: [block] };
}

/** The unit the report is about: state, score over time, what drives it. */
export function equipmentSection(
  equipment: EquipmentFacts,
  content: ReportContent,
  language: ReportLanguage,
): Section {
  const { texts, format } = language;
  const facts = [
    { label: texts.column.equipment, cell: cell(language.nameOf(equipment), { detail: equipment.code }) },
    { label: texts.column.kind, cell: cell(texts.equipmentKind[equipment.kind] ?? equipment.kind) },
    {
      label: texts.column.state,
      cell: chipCell(texts.equipmentState[equipment.state], STATE_TONES[equipment.state]),
    },
    { label: texts.column.score, cell: scoreCell(equipment, content, language) },
    { label: texts.column.lowest, cell: cell(format.score(equipment.lowest)) },
    { label: texts.column.anomalies, cell: cell(format.count(content.anomalyCount)) },
  ];
  const blocks: Block[] = [{ kind: 'facts', facts }];
  const description = descriptionOf(equipment, language.lang);
  if (description) blocks.push({ kind: 'caption', text: description });
  blocks.push({
    kind: 'figures',
    figures: [scoreTrendFigure(equipment, content, language), driversFigure(equipment, language)],
  });
  return { name: 'equipment', title: texts.section.equipment, blocks };
}

/** Every sensor of the unit with its last value against its limits. */
export function sensorSection(equipment: EquipmentFacts, language: ReportLanguage): Section {
  const { texts, format } = language;
  if (equipment.sensors.length === 0) {
    return {
      name: 'sensors',
      title: texts.section.sensors,
      blocks: [{ kind: 'sentence', text: texts.empty.sensors }],
    };
  }
  const { column } = texts;
  const rows: Row[] = equipment.sensors.map((sensor) => ({
    cells: [
      cell(language.nameOf(sensor)),
      cell(sensor.code),
      sensorValueCell(sensor, language),
      cell(sensor.unit),
      ...LIMITS.map((limit) => numericCell(format.number(sensor.limits[limit]))),
      cell(format.dayTime(sensor.readAtMs)),
    ],
    note: '',
  }));
  const columns: Column[] = [
    { label: column.tag, numeric: false, width: 0 },
    { label: '', numeric: false, width: 11 },
    { label: column.value, numeric: true, width: 11 },
    { label: column.unit, numeric: false, width: 11 },
    ...LIMITS.map((limit) => ({ label: limit.toUpperCase(), numeric: true, width: 7 })),
    { label: column.readAt, numeric: false, width: 14 },
  ];
  return { name: 'sensors', title: texts.section.sensors, blocks: [{ kind: 'table', columns, rows }] };
}

/** Bands of an anomaly list for charts over time; an open one reaches to the end of the period. */
function anomalyBands(anomalies: readonly AnomalyFacts[], toMs: number): { from: number; to: number }[] {
  return anomalies.map((anomaly) => ({ from: anomaly.startMs, to: anomaly.endMs ?? toMs }));
}

function descriptionOf(equipment: EquipmentFacts, lang: ReportLang): string {
  const known = EQUIPMENT.find((unit) => unit.code === equipment.code);
  return lang === 'ko' && known?.description === equipment.description
    ? known.descriptionKo
    : equipment.description;
}

/** A value beyond a limit carries the limit's letters; where the newest one is bad, that is said instead. */
function sensorValueCell(sensor: SensorReading, { format, texts }: ReportLanguage): Cell {
  if (sensor.isBad) return cell('', { chip: { text: texts.healthReason.bad_quality, tone: 'fair' } });
  const alarm = alarmOf(sensor.value, sensor.limits);
  const chip = alarm && { text: alarm.label, tone: alarm.urgent ? ('poor' as const) : ('fair' as const) };
  return numericCell(format.number(sensor.value), { chip });
}

/** Why a unit is not watched; undefined when it is. */
export function whyUnwatched(
  { unwatched }: EquipmentHealth,
  { texts, format }: ReportLanguage,
): string | undefined {
  const seconds = (ms: number | null): string => format.number(ms === null ? null : ms / 1_000);
  return (
    unwatched &&
    texts.unwatched(unwatched.reason, seconds(unwatched.sampledEveryMs), seconds(unwatched.learntEveryMs))
  );
}

function healthRow(unit: EquipmentHealth, content: ReportContent, language: ReportLanguage): Row {
  const { texts, format } = language;
  const drivers = unit.drivers
    .slice(0, 3)
    .map((driver) => `${language.driverText(driver)} (−${format.score(driver.points)})`);
  return {
    cells: [
      cell(language.nameOf(unit), { detail: unit.code }),
      chipCell(texts.equipmentState[unit.state], STATE_TONES[unit.state]),
      scoreCell(unit, content, language),
      numericCell(format.score(unit.lowest)),
      cell(whyUnwatched(unit, language) ?? (drivers.length > 0 ? drivers.join(', ') : texts.empty.drivers)),
    ],
    note: '',
  };
}

function scoreCell(unit: EquipmentHealth, content: ReportContent, { format, texts }: ReportLanguage): Cell {
  const { poorBelow, goodFrom } = content.healthBands;
  return cell(format.score(unit.score), {
    graphic: trusted(
      scoreBarSvg({
        title: `${texts.column.score} ${format.score(unit.score)}`,
        score: unit.score ?? NaN,
        thresholds: [poorBelow, goodFrom],
        width: 118,
      }),
    ),
  });
}

function scoreTrendFigure(
  equipment: EquipmentFacts,
  content: ReportContent,
  { texts, format }: ReportLanguage,
): Figure {
  const { period, healthBands } = content;
  const figure = { title: texts.figure.scoreTrend, detail: '0–100', wide: false };
  if (!Array.from(equipment.scoreTrend.values).some(Number.isFinite)) {
    return { ...figure, graphic: null, caption: texts.empty.trendData };
  }
  return {
    ...figure,
    caption: '',
    graphic: trusted(
      lineChartSvg({
        title: texts.figure.scoreTrend,
        series: equipment.scoreTrend,
        from: period.fromMs,
        to: period.toMs,
        limits: [
          { label: '', value: healthBands.goodFrom, side: 'low' },
          { label: '', value: healthBands.poorBelow, side: 'low', urgent: true },
        ],
        bands: anomalyBands(content.anomalies, period.toMs),
        timeZone: format.timeZone,
        locale: format.locale,
      }),
    ),
  };
}

function driversFigure(equipment: EquipmentFacts, language: ReportLanguage): Figure {
  const { texts, format } = language;
  const figure = { title: texts.figure.drivers, detail: '', wide: false };
  if (equipment.drivers.length === 0)
    return { ...figure, graphic: null, caption: whyUnwatched(equipment, language) ?? texts.empty.drivers };
  const bars = equipment.drivers.slice(0, 7).map((driver) => ({
    label: language.driverText(driver),
    value: driver.points,
    valueText: format.number(driver.points),
  }));
  return {
    ...figure,
    caption: '',
    graphic: trusted(
      barChartSvg({ title: texts.figure.drivers, bars, width: 330, labels: 'above', locale: format.locale }),
    ),
  };
}
