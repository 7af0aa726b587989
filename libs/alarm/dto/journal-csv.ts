import { stringify } from 'csv-stringify/sync';
import type { AlarmEntryDto } from './alarm-entry.dto.js';

const COLUMNS = [
  'entry_id',
  'alarm_id',
  'event',
  'cause',
  'plant_at',
  'wall_at',
  'by',
  'comment',
  'state',
  'priority',
  'kind',
  'tag',
  'limit',
  'value',
  'limit_value',
  'incident_id',
  'annunciated',
  'since',
  'until',
  'corrects',
] as const satisfies (keyof AlarmEntryDto)[];

/** Entries of the journal as comma-separated values. Texts that a spreadsheet would take for a formula begin with an apostrophe. */
export function journalCsv(entries: readonly AlarmEntryDto[]): string {
  const rows = entries.map((entry) => COLUMNS.map((column) => cellOf(entry[column])));
  return stringify([[...COLUMNS], ...rows], { escape_formulas: true });
}

function cellOf(value: string | number | boolean | null): string | number {
  return typeof value === 'boolean' ? String(value) : (value ?? '');
}
