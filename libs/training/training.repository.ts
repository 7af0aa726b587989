import { Injectable } from '@nestjs/common';
import type { SelectQueryBuilder } from 'typeorm';
import { boundedCount, Database, EventLog, JobRows, type JobStatus, keysetPage } from '#platform';
import { ModelTraining, type TrainingPhase } from './training.entity.js';
import { TRAINING_JOB } from './training.job.js';

export interface TrainingFilter {
  status?: JobStatus | undefined;
  modelName?: string | undefined;
}

@Injectable()
export class TrainingRepository extends JobRows<ModelTraining> {
  constructor(database: Database, events: EventLog) {
    super(database, events, ModelTraining, TRAINING_JOB);
  }

  /** The one that is not finished, if there is one. */
  findUnfinished(): Promise<ModelTraining | null> {
    return this.rows.findOneBy({ slot: 1 });
  }

  /** Notes what a run is doing. @returns false when it is no longer its turn: cancelled, or begun by another worker */
  async enterPhase({ jobId, runs }: ModelTraining, phase: TrainingPhase): Promise<boolean> {
    const { affected } = await this.rows.update(
      { jobId, runs, status: 'active' },
      { phase, updatedAt: Date.now() },
    );
    return affected === 1;
  }

  /** The newest first; one row more than `limit`, so that the caller sees whether there is a next page. */
  findPage(
    filter: TrainingFilter,
    limit: number,
    after?: { createdAt: number; jobId: string },
  ): Promise<ModelTraining[]> {
    return keysetPage(this.filtered(filter), ['createdAt', 'jobId'], limit, after);
  }

  /** How many there are on all pages, as far as is counted. */
  count(filter: TrainingFilter): Promise<number> {
    return boundedCount(this.database, this.filtered(filter));
  }

  private filtered({ status, modelName }: TrainingFilter): SelectQueryBuilder<ModelTraining> {
    const query = this.rows.createQueryBuilder('t');
    if (status !== undefined) query.andWhere('t.status = :status', { status });
    if (modelName !== undefined) query.andWhere('t.modelName = :modelName', { modelName });
    return query;
  }

  /** A training that ends makes room for the next. */
  protected override move(jobId: string, change: object, runs?: number): Promise<boolean> {
    return super.move(jobId, 'finishedAt' in change ? { ...change, slot: null } : change, runs);
  }
}
