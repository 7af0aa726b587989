import type { LotFacts, ReportContent } from '../gathering/content.js';
import { UNKNOWN } from '../texts/format.js';
import type { ReportLanguage } from '../texts/language.js';
import { cell, numericCell, type Section } from './view.js';

/** The lots that touch the period; nothing when there are none. */
export function lotsSection(content: ReportContent, language: ReportLanguage): Section | null {
  const { texts, format } = language;
  if (content.lots.length === 0) return null;
  const { column } = texts;
  const rows = content.lots.map((lot) => ({
    cells: [
      cell(lot.lotNo),
      cell(lot.grade || UNKNOWN),
      cell(texts.lotStatus[lot.status]),
      cell(format.dayTime(lot.fromMs)),
      cell(lot.toMs === null ? texts.caption.openEnd : format.dayTime(lot.toMs)),
      numericCell(format.number(lot.productionRate)),
      numericCell(format.count(lot.anomalyCount)),
    ],
    note: !lot.knownFaultIdv ? '' : `${column.knownFault}: ${language.faultName(lot.knownFaultIdv)}`,
  }));
  return {
    name: 'lots',
    title: texts.section.lots,
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: column.lot, numeric: false, width: 0 },
          { label: column.grade, numeric: false, width: 12 },
          { label: column.state, numeric: false, width: 10 },
          { label: column.from, numeric: false, width: 15 },
          { label: column.to, numeric: false, width: 15 },
          { label: column.production, numeric: true, width: 17 },
          { label: column.anomalies, numeric: true, width: 10 },
        ],
        rows,
      },
    ],
  };
}

/** The lot the report is about. */
export function lotSection(lot: LotFacts, content: ReportContent, language: ReportLanguage): Section {
  const { texts, format } = language;
  const { column } = texts;
  const facts = [
    { label: column.lot, cell: cell(lot.lotNo) },
    { label: column.grade, cell: cell(lot.grade || UNKNOWN) },
    { label: column.state, cell: cell(texts.lotStatus[lot.status]) },
    { label: column.from, cell: cell(format.dateTime(lot.fromMs)) },
    { label: column.to, cell: cell(lot.toMs === null ? texts.caption.openEnd : format.dateTime(lot.toMs)) },
    { label: column.duration, cell: cell(format.duration((lot.toMs ?? content.period.toMs) - lot.fromMs)) },
    { label: column.production, cell: cell(format.number(lot.productionRate)) },
    { label: column.anomalies, cell: cell(format.count(lot.anomalyCount)) },
    {
      label: column.knownFault,
      cell: cell(knownFaultText(lot.knownFaultIdv, language)),
    },
  ];
  return { name: 'lot', title: texts.section.lot, blocks: [{ kind: 'facts', facts }] };
}

function knownFaultText(idv: number | null, language: ReportLanguage): string {
  if (idv === null) return UNKNOWN;
  return idv === 0 ? language.texts.caption.none : language.faultName(idv);
}
