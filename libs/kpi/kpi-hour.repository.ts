import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, Revisions } from '#platform';
import type { PlantWindow } from '#tep';

/** The name of condensed hours among what answers are made of. */
export const KPI_HOURS = 'kpi_hours';
const CURSOR_SQL = 'SELECT feed_position FROM kpi_cursor WHERE id = 1';
/** Rows parsed in one go: about 1 MB of JSON. */
const ROWS_PER_READ = 500;
const QUARTERED_ROWS_PER_READ = 125;

/** An hour of plant time, and its four quarters. */
export interface CondensedHour {
  window: PlantWindow;
  quarters: PlantWindow[];
}

/** Condensed hours of plant time, and up to which write of samples they are current. */
@Injectable()
export class KpiHourRepository {
  constructor(
    private readonly database: Database,
    revisions: Revisions,
  ) {
    revisions.follow(KPI_HOURS, CURSOR_SQL);
  }

  /** Stored windows by the begin of their hour, in `[from, to)`. */
  async find(from: number, to: number): Promise<Map<number, PlantWindow>> {
    const windows = new Map<number, PlantWindow>();
    for (let after = from - 1; ;) {
      const rows = await this.database.query<{ hour: string | number; plant_window: string }>(
        `SELECT hour, plant_window FROM kpi_hour WHERE hour > ? AND hour < ? ORDER BY hour LIMIT ${ROWS_PER_READ}`,
        [after, to],
      );
      for (const row of rows) windows.set(Number(row.hour), JSON.parse(row.plant_window) as PlantWindow);
      if (rows.length < ROWS_PER_READ) return windows;
      after = Number(rows[rows.length - 1].hour);
      await setImmediate();
    }
  }

  /** The quarters of those of the hours that have them: not those condensed before there were any. */
  async findQuarters(hours: readonly number[]): Promise<Map<number, PlantWindow[]>> {
    const quarters = new Map<number, PlantWindow[]>();
    for (let start = 0; start < hours.length; start += QUARTERED_ROWS_PER_READ) {
      const page = hours.slice(start, start + QUARTERED_ROWS_PER_READ);
      const rows = await this.database.query<{ hour: string | number; quarters: string }>(
        `SELECT hour, quarters FROM kpi_hour
          WHERE quarters IS NOT NULL AND hour IN (${page.map(() => '?').join(', ')})`,
        page,
      );
      for (const row of rows) quarters.set(Number(row.hour), JSON.parse(row.quarters) as PlantWindow[]);
      await setImmediate();
    }
    return quarters;
  }

  async write(hours: ReadonlyMap<number, CondensedHour>): Promise<void> {
    if (hours.size === 0) return;
    await this.database.upsert({
      table: 'kpi_hour',
      columns: ['hour', 'plant_window', 'quarters'],
      keys: ['hour'],
      update: ['plant_window', 'quarters'],
      rows: [...hours].map(([hour, { window, quarters }]) => [
        hour,
        JSON.stringify(window),
        JSON.stringify(quarters),
      ]),
    });
  }

  async delete(hours: readonly number[]): Promise<void> {
    if (hours.length === 0) return;
    await this.database.query(`DELETE FROM kpi_hour WHERE hour IN (${hours.map(() => '?').join(', ')})`, [
      ...hours,
    ]);
  }

  /** Position in the sample feed; undefined before the first time. */
  async cursor(): Promise<number | undefined> {
    const [row] = await this.database.query<{ feed_position: string | number }>(CURSOR_SQL);
    return row && Number(row.feed_position);
  }

  async moveCursor(feedPosition: number): Promise<void> {
    await this.database.upsert({
      table: 'kpi_cursor',
      columns: ['id', 'feed_position'],
      keys: ['id'],
      update: ['feed_position'],
      rows: [[1, feedPosition]],
    });
  }
}
