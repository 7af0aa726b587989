import { Injectable, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Column, Entity } from 'typeorm';
import { EventLog } from '../../libs/platform/coordination/event-log.js';
import { Database } from '../../libs/platform/database/database.js';
import type { JobKind } from '../../libs/platform/jobs/jobs.service.js';
import { JobRow } from '../../libs/platform/jobs/job-row.entity.js';
import { type JobReference, JobRows } from '../../libs/platform/jobs/job-rows.js';
import { HandlesJob, type JobContext, type JobHandler } from '../../libs/platform/queue/handler.js';
import { defineJob, defineQueue } from '../../libs/platform/queue/job.js';
import { QueueModule } from '../../libs/platform/queue/queue.module.js';
import { runJobRow, type RowWork } from '../../libs/platform/jobs/run-job-row.js';

/** A row whose work is whatever a test orders. */
@Entity('errand')
export class Errand extends JobRow {
  @Column({ type: 'varchar', length: 100, nullable: true })
  answer!: string | null;
}

const ERRAND_QUEUE = defineQueue({
  name: 'errand',
  concurrency: 4,
  lockDurationMs: 2_000,
  stalledIntervalMs: 500,
  retention: { completed: { ageSeconds: 60, count: 100 }, failed: { ageSeconds: 60, count: 100 } },
});

export const ERRAND_JOB = defineJob<JobReference>({
  queue: ERRAND_QUEUE,
  name: 'errand.run',
  retryDelaysMs: [20, 50],
  maxRunMs: 10_000,
});

export const CREATE_ERRAND_TABLE = `
  CREATE TABLE errand (
    job_id VARCHAR(36) PRIMARY KEY, status VARCHAR(20) NOT NULL, progress INT NOT NULL, attempts INT NOT NULL,
    attempt INT NOT NULL, max_attempts INT NOT NULL, losses INT NOT NULL, next_attempt_at BIGINT,
    last_error_code VARCHAR(60), last_error_message VARCHAR(1000),
    requested_by VARCHAR(60) NOT NULL, error_code VARCHAR(60), error_message VARCHAR(1000),
    created_at BIGINT NOT NULL, started_at BIGINT, finished_at BIGINT, updated_at BIGINT NOT NULL,
    answer VARCHAR(100))`;

@Injectable()
export class ErrandRows extends JobRows<Errand> {
  constructor(database: Database, events: EventLog) {
    super(database, events, Errand, ERRAND_JOB);
  }
}

/** What a test has the worker do. */
type ErrandWork = (run: number, task: RowWork) => Promise<string>;

/** What the worker does with errands; by default it answers with the number of the run. */
@Injectable()
export class ErrandRunner {
  readonly runs: string[] = [];
  work: ErrandWork = (run) => Promise.resolve(`run ${run}`);
}

@HandlesJob(ERRAND_JOB)
class ErrandHandler implements JobHandler<JobReference, void> {
  constructor(
    private readonly rows: ErrandRows,
    private readonly runner: ErrandRunner,
  ) {}

  async handle({ jobId }: JobReference, context: JobContext): Promise<void> {
    await runJobRow(this.rows, jobId, context, async (_row, rowWork) => {
      this.runner.runs.push(jobId);
      return { answer: await this.runner.work(this.runner.runs.length, rowWork) };
    });
  }
}

/** The smallest feature with jobs. */
@Module({
  imports: [TypeOrmModule.forFeature([Errand]), QueueModule.forFeature(ERRAND_JOB)],
  providers: [ErrandRunner, ErrandRows, ErrandHandler],
})
export class ErrandModule {}

export function errandKind(rows: ErrandRows): JobKind<Errand> {
  return { name: 'errand', rows };
}
