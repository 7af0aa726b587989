import { Injectable } from '@nestjs/common';
import type { SelectQueryBuilder } from 'typeorm';
import { boundedCount, Database, EventLog, JobRows, type JobStatus, keysetPage, Revisions } from '#platform';
import { Prediction } from './prediction.entity.js';
import { PREDICTION_JOB } from './prediction.job.js';

/** The name of old predictions that are removed among what answers are made of. */
export const PREDICTION_REMOVALS = 'prediction_removals';

export interface PredictionFilter {
  status?: JobStatus | undefined;
  equipmentId?: number | undefined;
  lotId?: number | undefined;
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
    const listed = this.filtered(filter).select(LISTED.map((column) => `p.${column}`));
    return keysetPage(listed, ['createdAt', 'jobId'], limit, after);
  }

  /** How many there are on all pages, as far as is counted. */
  count(filter: PredictionFilter): Promise<number> {
    return boundedCount(this.database, this.filtered(filter));
  }

  /** Whoever keeps lists of them learns that they are gone. */
  protected override delete(jobIds: string[]): Promise<void> {
    return this.database.transaction(async () => {
      await super.delete(jobIds);
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
