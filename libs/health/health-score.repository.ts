import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, Revisions } from '#platform';
import type { HealthDriver } from './equipment-score.js';
import type { EquipmentScore } from './health-tracker.js';

/** The name of scores among what answers are made of. */
export const HEALTH_SCORES = 'health_scores';
const COLUMNS = ['equipment_id', 'ts', 'span_ms', 'samples', 'score', 'lowest', 'drivers'] as const;

/** The limit makes SQLite look the equipment up first; without it, it would read every score. */
const MOST_EQUIPMENT = 10_000;

/** Scores of one equipment over a stretch of time; a stretch of a single sample has `spanMs` 0. */
export interface StoredScore {
  equipmentId: number;
  ts: number;
  spanMs: number;
  samples: number;
  /** Mean over the samples. */
  score: number;
  lowest: number;
  /** Of the sample with the lowest score. */
  drivers: HealthDriver[];
}

/** A point of a history. */
export interface ScorePoint {
  ts: number;
  score: number;
  lowest: number;
}

type Row = Record<Exclude<(typeof COLUMNS)[number], 'drivers'>, string | number> & { drivers: string };

@Injectable()
export class HealthScoreRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: Revisions,
  ) {
    revisions.follow(HEALTH_SCORES);
  }

  /** Replaces the scores of all samples in `(after, to]`, inside the open transaction. */
  async replace(after: number, to: number, scores: readonly EquipmentScore[]): Promise<void> {
    await this.database.query('DELETE FROM health_score WHERE span_ms = 0 AND ts > ? AND ts <= ?', [
      after,
      to,
    ]);
    await this.write(
      scores.map(({ equipmentId, ts, score, drivers }) => {
        return { equipmentId, ts, spanMs: 0, samples: 1, score, lowest: score, drivers };
      }),
    );
    await this.revisions.raise(HEALTH_SCORES);
  }

  /** The newest score of every equipment that has one, at or before `until`. One seek each, in one statement. */
  async findNewest(until: number): Promise<Map<number, StoredScore>> {
    const rows = await this.database.query<Row>(
      `SELECT ${COLUMNS.map((column) => `h.${column}`).join(', ')}
       FROM (
         SELECT e.id,
           (SELECT x.ts FROM health_score x WHERE x.equipment_id = e.id AND x.ts <= ? ORDER BY x.ts DESC LIMIT 1) AS ts
         FROM equipment e LIMIT ${MOST_EQUIPMENT}
       ) newest
       JOIN health_score h ON h.equipment_id = newest.id AND h.ts = newest.ts`,
      [until],
    );
    return new Map(rows.map(storedScore).map((score) => [score.equipmentId, score]));
  }

  /** Mean and lowest score of an equipment in `[from, to)` by stretches of `stepMs`, in order of time. */
  async history(equipmentId: number, from: number, to: number, stepMs: number): Promise<ScorePoint[]> {
    const rows = await this.database.query<Record<'first_ts' | 'score' | 'lowest', string | number>>(
      `SELECT MIN(ts) AS first_ts, SUM(score * samples) / SUM(samples) AS score, MIN(lowest) AS lowest
       FROM health_score WHERE equipment_id = ? AND ts >= ? AND ts < ?
       GROUP BY ts - ts % ${stepMs} ORDER BY first_ts`,
      [equipmentId, from, to],
    );
    return rows.map((row) => ({
      ts: Number(row.first_ts),
      score: Number(row.score),
      lowest: Number(row.lowest),
    }));
  }

  /** Time of the oldest score of a single sample before `before`. */
  async oldestSample(before: number): Promise<number | undefined> {
    const [row] = await this.database.query<{ oldest: string | number | null }>(
      'SELECT MIN(ts) AS oldest FROM health_score WHERE span_ms = 0 AND ts < ?',
      [before],
    );
    return row.oldest === null ? undefined : Number(row.oldest);
  }

  /** The scores of all samples in `[from, to)`. */
  async findSamples(from: number, to: number): Promise<StoredScore[]> {
    const rows = await this.database.query<Row>(
      `SELECT ${COLUMNS.join(', ')} FROM health_score WHERE span_ms = 0 AND ts >= ? AND ts < ? ORDER BY ts`,
      [from, to],
    );
    return rows.map(storedScore);
  }

  /** Puts scores over stretches in the place of those of the samples in `[from, to)`, in one transaction. */
  async condense(from: number, to: number, condensed: readonly StoredScore[]): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.query('DELETE FROM health_score WHERE span_ms = 0 AND ts >= ? AND ts < ?', [
        from,
        to,
      ]);
      await this.write(condensed);
      await this.revisions.raise(HEALTH_SCORES);
    });
    await setImmediate();
  }

  /** Forgets scores over stretches that begin before `before`. */
  async deleteStretches(spanMs: number, before: number): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.query('DELETE FROM health_score WHERE span_ms = ? AND ts < ?', [spanMs, before]);
      await this.revisions.raise(HEALTH_SCORES);
    });
  }

  private async write(scores: readonly StoredScore[]): Promise<void> {
    await this.database.upsert({
      table: 'health_score',
      columns: [...COLUMNS],
      keys: ['equipment_id', 'ts'],
      update: COLUMNS.slice(2),
      rows: scores.map((score) => [
        score.equipmentId,
        score.ts,
        score.spanMs,
        score.samples,
        score.score,
        score.lowest,
        JSON.stringify(score.drivers),
      ]),
    });
  }
}

function storedScore(row: Row): StoredScore {
  return {
    equipmentId: Number(row.equipment_id),
    ts: Number(row.ts),
    spanMs: Number(row.span_ms),
    samples: Number(row.samples),
    score: Number(row.score),
    lowest: Number(row.lowest),
    drivers: JSON.parse(row.drivers) as HealthDriver[],
  };
}
