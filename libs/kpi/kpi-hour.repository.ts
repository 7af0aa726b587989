import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '#platform';
import type { PlantWindow } from '#tep';

/** Rows parsed in one go: about 1 MB of JSON. */
const ROWS_PER_READ = 500;

/** Condensed hours of plant time, and up to which write of samples they are current. */
@Injectable()
export class KpiHourRepository {
  constructor(private readonly database: Database) {}

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

  async write(windows: ReadonlyMap<number, PlantWindow>): Promise<void> {
    if (windows.size === 0) return;
    await this.database.upsert({
      table: 'kpi_hour',
      columns: ['hour', 'plant_window'],
      keys: ['hour'],
      update: ['plant_window'],
      rows: [...windows].map(([hour, window]) => [hour, JSON.stringify(window)]),
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
    const [row] = await this.database.query<{ feed_position: string | number }>(
      'SELECT feed_position FROM kpi_cursor WHERE id = 1',
    );
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
