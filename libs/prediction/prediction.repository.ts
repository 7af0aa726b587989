import { Injectable } from '@nestjs/common';
import type { SelectQueryBuilder } from 'typeorm';
import { boundedCount, Database, EventLog, type JobStatus, JobRows, Revisions } from '#platform';
import { Prediction } from './prediction.entity.js';
import { PREDICTION_JOB } from './prediction.job.js';

/** The name of old predictions that are removed among what answers are made of. */
export const PREDICTION_REMOVALS = 'prediction_removals';

export interface PredictionFilter {
  status?: JobStatus;
  equipmentId?: number;
  lotId?: number;
}

/** Everything but the result, which is large. */
const LISTED = [
  'jobId',
  'status',
  'progress',
  'runs',
  'attempt',
  'maxAttempts',
  'losses',
  'nextAttemptAt',
  'lastErrorCode',
  'lastErrorMessage',
  'requestedBy',
  'errorCode',
  'errorMessage',
  'createdAt',
  'startedAt',
  'finishedAt',
  'updatedAt',
  'equipmentId',
  'lotId',
  'at',
  'horizonSteps',
  'modelName',
  'modelVersion',
  'faultProbability',
] as const satisfies (keyof Prediction)[];

export type ListedPrediction = Pick<Prediction, (typeof LISTED)[number]>;

@Injectable()
export class PredictionRepository extends JobRows<Prediction> {
  constructor(
    database: Database,
    events: EventLog,
    private readonly revisions: Revisions,
  ) {
    super(database, events, Prediction, PREDICTION_JOB);
    revisions.follow(PREDICTION_REMOVALS);
  }

  /** The newest first; one row more than `limit`, so that the caller sees whether there is a next page. */
  findPage(
    filter: PredictionFilter,
    limit: number,
    after?: { createdAt: number; jobId: string },
  ): Promise<ListedPrediction[]> {
    const query = this.filtered(filter)
      .select(LISTED.map((column) => `p.${column}`))
      .orderBy('p.createdAt', 'DESC')
      .addOrderBy('p.jobId', 'DESC')
      .take(limit + 1);
    if (after)
      query.andWhere('(p.createdAt < :createdAt OR (p.createdAt = :createdAt AND p.jobId < :jobId))', after);
    return query.getMany();
  }

  /** How many there are on all pages, as far as is counted. */
  count(filter: PredictionFilter): Promise<number> {
    return boundedCount(this.database, this.filtered(filter));
  }

  async deleteFinishedBefore(finishedAt: number, limit: number): Promise<void> {
    const rows = await this.database.query<{ job_id: string }>(
      `SELECT job_id FROM prediction WHERE finished_at < ? ORDER BY finished_at LIMIT ${Math.floor(limit)}`,
      [finishedAt],
    );
    if (rows.length === 0) return;
    await this.database.transaction(async () => {
      await this.rows.delete(rows.map((row) => row.job_id));
      await this.revisions.raise(PREDICTION_REMOVALS);
    });
  }

  private filtered({ status, equipmentId, lotId }: PredictionFilter): SelectQueryBuilder<Prediction> {
    const query = this.rows.createQueryBuilder('p');
    if (status !== undefined) query.andWhere('p.status = :status', { status });
    if (equipmentId !== undefined) query.andWhere('p.equipmentId = :equipmentId', { equipmentId });
    if (lotId !== undefined) query.andWhere('p.lotId = :lotId', { lotId });
    return query;
  }
}
