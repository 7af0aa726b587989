import Handlebars from 'handlebars';
import type { SectionName } from '../texts/texts.js';

/** What the templates print: nothing left to decide, every text in its language, every number formatted. */
export interface ReportView {
  lang: string;
  title: string;
  subtitle: string;
  plantName: string;
  period: string;
  periodLabel: string;
  generatedAt: string;
  generatedLabel: string;
  verdict: Chip;
  summary: readonly string[];
  summaryTitle: string;
  sections: readonly Section[];
  styles: Handlebars.SafeString;
}

export interface Section {
  name: SectionName;
  title: string;
  blocks: readonly Block[];
}

/** One kind of content; a partial template of the same name prints it. */
export type Block =
  | { kind: 'sentence'; text: string }
  | { kind: 'caption'; text: string }
  | { kind: 'tiles'; tiles: readonly Tile[] }
  | { kind: 'facts'; facts: readonly { label: string; cell: Cell }[] }
  | { kind: 'table'; columns: readonly Column[]; rows: readonly Row[] }
  | { kind: 'figures'; figures: readonly Figure[] }
  | { kind: 'notes'; notes: readonly { heading: string; text: string }[] };

export interface Tile {
  label: string;
  value: string;
  unit: string;
  change: string;
  tone: Tone;
  sparkline: Handlebars.SafeString;
}

/** From `good` down to `poor`; `plain` rates nothing. */
export type Tone = 'plain' | 'good' | 'fair' | 'bad' | 'poor';

interface Chip {
  text: string;
  tone: Tone;
}

export interface Column {
  label: string;
  numeric: boolean;
  /** Per cent of the table's width; 0 leaves it to the content. */
  width: number;
}

export interface Row {
  cells: readonly Cell[];
  /** A line across the whole table below the cells; empty for none. */
  note: string;
}

export interface Cell {
  text: string;
  /** Second, smaller line. */
  detail: string;
  chip: Chip | null;
  graphic: Handlebars.SafeString | null;
  numeric: boolean;
}

export interface Figure {
  title: string;
  detail: string;
  /** null when there is nothing to draw; the caption then says so. */
  graphic: Handlebars.SafeString | null;
  caption: string;
  wide: boolean;
}

/** A table cell or a fact with only what is given. */
export function cell(text: string, extra: Partial<Omit<Cell, 'text'>> = {}): Cell {
  return { text, detail: '', chip: null, graphic: null, numeric: false, ...extra };
}

export function numericCell(text: string, extra: Partial<Omit<Cell, 'text'>> = {}): Cell {
  return cell(text, { numeric: true, ...extra });
}

export function chipCell(text: string, tone: Tone): Cell {
  return cell('', { chip: { text, tone } });
}

/** Markup of our own making, whose texts are already escaped. */
export function trusted(markup: string): Handlebars.SafeString {
  return new Handlebars.SafeString(markup);
}
