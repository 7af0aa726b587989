import type { FileSurvey } from './plant-file-survey.js';

const COLUMNS_NAMED = 12;

/** Lines, cells and values of a file that were skipped. */
export function skippedIn({ report, contradictions }: FileSurvey): number {
  return report.malformed + report.malformedCells + contradictions;
}

/** What the result line says of a file besides its samples: what was not taken from it, and what is odd about it. */
export function remarksOn(survey: FileSurvey): string[] {
  const { report, contradictions, ignoredColumns, unusualSpacing } = survey;
  return [
    ...counted(report.malformed, 'malformed line', 'skipped'),
    ...counted(report.malformedCells, 'malformed cell', 'skipped'),
    ...counted(contradictions, 'contradicting value', 'skipped'),
    ...counted(report.missing, 'missing value', ''),
    ...(ignoredColumns.length === 0 ? [] : [`no tag: ${columnList(ignoredColumns)}`]),
    ...(unusualSpacing === undefined
      ? []
      : [
          `samples are ${duration(unusualSpacing.spacingMs)} apart where ${duration(unusualSpacing.expectedMs)} are usual`,
        ]),
  ];
}

function counted(count: number, what: string, done: string): string[] {
  return count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}${done === '' ? '' : ` ${done}`}`];
}

function columnList(names: readonly string[]): string {
  const shown = names.slice(0, COLUMNS_NAMED).map((name) => JSON.stringify(name.slice(0, 40)));
  const others = names.length - shown.length;
  return `${names.length === 1 ? 'column' : 'columns'} ${shown.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

function duration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${Number((ms / 1_000).toPrecision(4))} s`;
}
