import { sparklineSvg } from '#charts';
import type { KpiFigure, ReportContent } from '../gathering/content.js';
import type { ReportFormat } from '../texts/format.js';
import type { ReportLanguage } from '../texts/language.js';
import { cell, numericCell, trusted, type Section, type Tile, type Tone } from './view.js';

/** One tile for each figure: value, change against the period before, shape over time. */
export function kpiSection(content: ReportContent, language: ReportLanguage): Section {
  const { texts } = language;
  const tiles = content.kpis.map((kpi) => kpiTile(kpi, language));
  return {
    name: 'kpis',
    title: texts.section.kpis,
    blocks:
      tiles.length > 0
        ? [
            { kind: 'tiles', tiles },
            { kind: 'caption', text: texts.caption.versusPrevious },
          ]
        : [{ kind: 'sentence', text: texts.empty.kpis }],
  };
}

/** What stands behind each figure: numerator, denominator, definition. */
export function definitionSection(content: ReportContent, language: ReportLanguage): Section | null {
  const { texts, format } = language;
  if (content.kpis.length === 0) return null;
  const quantity = (part: KpiFigure['numerator']): string =>
    part === null
      ? ''
      : `${texts.kpiTerm[part.label] ?? part.label} ${format.number(part.value)} ${texts.kpiTerm[part.unit] ?? part.unit}`.trim();
  const rows = content.kpis.map((kpi) => ({
    cells: [
      cell(language.kpiWords(kpi).label),
      cell(language.kpiWords(kpi).definition, {
        detail: [quantity(kpi.numerator), quantity(kpi.denominator)].filter(Boolean).join(' ÷ '),
      }),
      numericCell(`${format.number(kpi.value)} ${kpi.unit}`),
    ],
    note: '',
  }));
  return {
    name: 'definitions',
    title: texts.section.definitions,
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: texts.column.kpi, numeric: false, width: 24 },
          { label: texts.column.calculation, numeric: false, width: 0 },
          { label: texts.column.value, numeric: true, width: 20 },
        ],
        rows,
      },
    ],
  };
}

/** How a figure changed against the period before, in words without their direction. */
export interface KpiChange {
  direction: 'up' | 'down' | 'same';
  text: string;
}

/** Changes that print as zero are no change. */
const SMALLEST_CHANGE = 0.0005;
const SMALLEST_POINTS = 0.05;

/** Of percentages the difference in points, of other figures the share of it; null when it cannot be decided. */
export function kpiChange({ value, previous, unit }: KpiFigure, format: ReportFormat): KpiChange | null {
  if (value === null || previous === null || !Number.isFinite(value - previous)) return null;
  const inPoints = unit.endsWith('%');
  if (!inPoints && previous === 0) return null;
  const change = inPoints ? value - previous : (value - previous) / Math.abs(previous);
  const isChange = Math.abs(change) >= (inPoints ? SMALLEST_POINTS : SMALLEST_CHANGE);
  return {
    direction: !isChange ? 'same' : change > 0 ? 'up' : 'down',
    text: inPoints ? format.points(change) : format.percent(Math.abs(change)),
  };
}

function kpiTile(kpi: KpiFigure, { format, kpiWords }: ReportLanguage): Tile {
  const change = kpiChange(kpi, format);
  const { label } = kpiWords(kpi);
  return {
    label,
    value: format.number(kpi.value),
    unit: kpi.unit,
    change: change === null ? '' : `${SIGNS[change.direction]} ${change.text}`,
    tone: change === null ? 'plain' : changeTone(change, kpi.better),
    sparkline: trusted(sparklineSvg({ title: label, series: kpi.trend, width: 140, height: 24 })),
  };
}

const SIGNS: Record<KpiChange['direction'], string> = { up: '▲', down: '▼', same: '=' };

function changeTone({ direction }: KpiChange, better: KpiFigure['better']): Tone {
  if (better === 'neither' || direction === 'same') return 'plain';
  return (direction === 'up') === (better === 'higher') ? 'good' : 'poor';
}
