import type { AlarmFigureFacts, FrequentAlarm, ReportContent } from '../gathering/content.js';
import type { ReportLanguage } from '../texts/language.js';
import { cell, chipCell, numericCell, type Block, type Section } from './view.js';

/** How the alarm system did against its bounds, each with its definition; nothing when that was not counted. */
export function alarmSystemSection(content: ReportContent, language: ReportLanguage): Section | null {
  const { alarmSystem } = content;
  if (!alarmSystem) return null;
  const { texts, format, lang } = language;
  const { column } = texts;
  const rows = alarmSystem.figures.map((figure) => ({
    cells: [
      cell(lang === 'ko' ? figure.labelKo : figure.label, {
        detail: lang === 'ko' ? figure.definitionKo : figure.definition,
      }),
      numericCell(valueText(figure, figure.value, language)),
      numericCell(valueText(figure, figure.bound, language)),
      verdictCell(figure, language),
    ],
    note: '',
  }));
  const table: Block = {
    kind: 'table',
    columns: [
      { label: column.alarmFigure, numeric: false, width: 0 },
      { label: column.value, numeric: true, width: 10 },
      { label: column.atMost, numeric: true, width: 10 },
      { label: column.verdict, numeric: false, width: 14 },
    ],
    rows,
  };
  const sentence = texts.caption.alarmsShown(
    format.count(alarmSystem.alarms),
    alarmSystem.top.map((alarm) => frequentText(alarm, language)),
  );
  return {
    name: 'alarmSystem',
    title: texts.section.alarmSystem,
    blocks: [{ kind: 'sentence', text: sentence }, table],
  };
}

function valueText({ unit }: AlarmFigureFacts, value: number | null, { format }: ReportLanguage): string {
  if (unit === 'share') return format.percent(value);
  return unit === 'count' ? format.count(value) : format.number(value);
}

function verdictCell({ met }: AlarmFigureFacts, { texts }: ReportLanguage) {
  if (met === null) return cell(texts.caption.notEvaluated);
  return met ? chipCell(texts.caption.withinBound, 'good') : chipCell(texts.caption.beyondBound, 'bad');
}

function frequentText({ tag, limit, alarms }: FrequentAlarm, language: ReportLanguage): string {
  const { texts, format } = language;
  const name = tag ? `${language.nameOf(tag)} ${limit ?? ''}`.trim() : texts.caption.incidentAlarm;
  return `${name} (${format.count(alarms)})`;
}
