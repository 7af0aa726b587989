import { setImmediate } from 'node:timers/promises';
import { stringify } from 'csv-stringify/sync';
import type { SeriesDto } from './dto/series.dto.js';

/** Written at once, in a few milliseconds. */
const ROWS_PER_PIECE = 250;
const COLUMNS = ['tag', 'time', 'value', 'quality'];

/**
 * A series reply as comma-separated values, in the columns that `POST /timeseries` reads; the quality is empty where the
 * points have none. Texts that a spreadsheet would take for a formula begin with an apostrophe, numbers stay numbers.
 */
export async function* seriesCsv({ series }: Pick<SeriesDto, 'series'>): AsyncGenerator<string> {
  yield csv([COLUMNS]);
  for (const { tag, points } of series) {
    for (let i = 0; i < points.length; i += ROWS_PER_PIECE) {
      const rows = points.slice(i, i + ROWS_PER_PIECE);
      yield csv(rows.map(({ ts, value, quality }) => [tag, ts, value, quality ?? '']));
      await setImmediate();
    }
  }
}

function csv(rows: (string | number)[][]): string {
  return stringify(rows, { escape_formulas: true });
}
