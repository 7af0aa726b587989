import { setImmediate } from 'node:timers/promises';
import { stringify } from 'csv-stringify/sync';
import { isoTimes } from './iso-times.js';
import type { SeriesReply } from './series-reply.js';

/** Written at once, in a few milliseconds. */
const ROWS_PER_PIECE = 250;
const COLUMNS = ['tag', 'time', 'value', 'quality'];

/**
 * A series reply as comma-separated values, in the columns that `POST /timeseries` reads; the quality is empty where the
 * points have none. Texts that a spreadsheet would take for a formula begin with an apostrophe, numbers stay numbers.
 */
export async function* seriesCsv({ series }: Pick<SeriesReply, 'series'>): AsyncGenerator<string> {
  yield csv([COLUMNS]);
  for (const { head, times, values, qualityOf } of series) {
    const isoTime = isoTimes();
    for (let start = 0; start < times.length; start += ROWS_PER_PIECE) {
      const rows = Array.from(times.subarray(start, start + ROWS_PER_PIECE), (ts, i) => [
        head.tag,
        isoTime(ts),
        values[start + i],
        qualityOf(start + i) ?? '',
      ]);
      yield csv(rows);
      await setImmediate();
    }
  }
}

function csv(rows: (string | number)[][]): string {
  return stringify(rows, { escape_formulas: true });
}
