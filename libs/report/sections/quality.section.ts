import { measuredTable } from './measured.table.js';
import type { DataQuality, ReportContent } from '../gathering/content.js';
import type { ReportLanguage } from '../texts/language.js';
import { cell, numericCell, type Block, type Section } from './view.js';

/** Gaps beyond this many are counted, not listed. */
const LISTED_GAPS = 10;

/** How much of the data arrived and what was missing. */
export function dataQualitySection(content: ReportContent, language: ReportLanguage): Section {
  const { texts } = language;
  const { dataQuality } = content;
  const blocks: Block[] = dataQuality
    ? [{ kind: 'sentence', text: qualityText(dataQuality, language) }, ...gapTable(dataQuality, language)]
    : [{ kind: 'sentence', text: texts.empty.dataQuality }];
  return { name: 'dataQuality', title: texts.section.dataQuality, blocks };
}

/** What people wrote; nothing when they wrote nothing. */
export function notesSection(content: ReportContent, { texts, momentText }: ReportLanguage): Section | null {
  if (content.notes.length === 0) return null;
  const notes = content.notes.map((note) => ({
    heading: [note.author, momentText(note.at, 'dayTime')].filter(Boolean).join(' · '),
    text: note.text,
  }));
  return { name: 'notes', title: texts.section.notes, blocks: [{ kind: 'notes', notes }] };
}

/** Which models spoke, what they learned from and how good they are; nothing when none was used. */
export function modelsSection(content: ReportContent, language: ReportLanguage): Section | null {
  const { texts } = language;
  if (content.models.length === 0) return null;
  const { column } = texts;
  const rows = content.models.map((model) => ({
    cells: [
      cell(model.name, { detail: model.version }),
      cell(texts.modelPurpose[model.purpose] ?? model.purpose, {
        detail: texts.modelBounds[model.purpose] ?? '',
      }),
      cell(texts.trainedOn[model.trainedOn]),
      cell(texts.caption.checksPassed(model.checks.passed, model.checks.all)),
    ],
    note: '',
  }));
  return {
    name: 'models',
    title: texts.section.models,
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: column.model, numeric: false, width: 18 },
          { label: column.purpose, numeric: false, width: 0 },
          { label: column.trainedOn, numeric: false, width: 26 },
          { label: column.checks, numeric: false, width: 14 },
        ],
        rows,
      },
      ...measuredTable(content.models, language),
    ],
  };
}

/** Share of the expected samples that arrived; null when none was expected. */
export function completenessOf(quality: DataQuality): number | null {
  return quality.expectedSamples > 0 ? Math.min(1, quality.receivedSamples / quality.expectedSamples) : null;
}

function qualityText(quality: DataQuality, { texts, format }: ReportLanguage): string {
  const { caption } = texts;
  const sentences = [
    caption.completeness(
      format.count(quality.receivedSamples),
      format.count(quality.expectedSamples),
      format.percent(completenessOf(quality)),
    ),
  ];
  if (quality.badSamples) sentences.push(caption.badSamples(format.count(quality.badSamples)));
  const missing = quality.expectedSamples - quality.receivedSamples;
  if (quality.gaps.length === 0 && quality.receivedSamples > 0)
    sentences.push(missing > 0 ? caption.shortGaps(format.count(missing)) : texts.empty.gaps);
  return sentences.join(' ');
}

function gapTable(quality: DataQuality, language: ReportLanguage): Block[] {
  const { texts, format } = language;
  if (quality.gaps.length === 0) return [];
  const longestFirst = [...quality.gaps].sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs));
  const table: Block = {
    kind: 'table',
    columns: [
      { label: texts.column.gap, numeric: false, width: 0 },
      { label: '', numeric: false, width: 14 },
      { label: texts.column.from, numeric: false, width: 18 },
      { label: texts.column.to, numeric: false, width: 18 },
      { label: texts.column.duration, numeric: true, width: 16 },
    ],
    rows: longestFirst.slice(0, LISTED_GAPS).map((gap) => ({
      cells: [
        cell(language.nameOf(gap)),
        cell(gap.code),
        cell(format.dayTime(gap.fromMs)),
        cell(format.dayTime(gap.toMs)),
        numericCell(format.duration(gap.toMs - gap.fromMs)),
      ],
      note: '',
    })),
  };
  const hidden = quality.gaps.length - LISTED_GAPS;
  return hidden > 0
    ? [table, { kind: 'caption', text: texts.caption.moreGaps(format.count(hidden)) }]
    : [table];
}
