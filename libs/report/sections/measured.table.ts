import { EVALUATED_SETS } from '#ml';
import type { MeasuredFigure, ModelSummary } from '../gathering/content.js';
import type { ReportLanguage } from '../texts/language.js';
import type { MeasuredFigureTexts } from '../texts/texts.js';
import { cell, numericCell, type Block, type Row } from './view.js';

/** What the models were measured at, a row each figure, a column each kind of data; nothing when nobody has measured. */
export function measuredTable(models: readonly ModelSummary[], language: ReportLanguage): Block[] {
  const { texts } = language;
  const shown = models.map(({ name, measured }) => ({
    name,
    measured: measured.filter(({ figure }) => figure in texts.measuredFigure),
  }));
  const sets = EVALUATED_SETS.filter(
    (set) =>
      set !== 'training_files' && shown.some(({ measured }) => measured.some((each) => each.set === set)),
  );
  if (sets.length === 0) return [];
  const rows = shown.flatMap(({ name, measured }) => {
    const figures = [...new Set(measured.map(({ figure }) => figure))];
    return figures.map((figure, i): Row => {
      const words = texts.measuredFigure[figure];
      const onSets = sets.map((set) => measured.find((each) => each.figure === figure && each.set === set));
      return {
        cells: [
          cell(i === 0 ? name : ''),
          cell(words.label),
          ...onSets.map((each) => numericCell(each ? measuredText(each, words, language) : '')),
        ],
        note: '',
      };
    });
  });
  return [
    { kind: 'sentence', text: texts.caption.measuredRange },
    {
      kind: 'table',
      columns: [
        { label: texts.column.model, numeric: false, width: 18 },
        { label: texts.column.measured, numeric: false, width: 0 },
        ...sets.map((set) => ({ label: texts.evaluatedSet[set], numeric: true, width: 24 })),
      ],
      rows,
    },
  ];
}

function measuredText(
  { value, low, high }: MeasuredFigure,
  { kind, unit }: MeasuredFigureTexts,
  { format }: ReportLanguage,
): string {
  const print = (each: number): string => (kind === 'share' ? format.percent(each) : format.number(each));
  const range = low === high ? '' : ` (${print(low)}–${print(high)})`;
  return `${print(value)}${unit && ` ${unit}`}${range}`;
}
