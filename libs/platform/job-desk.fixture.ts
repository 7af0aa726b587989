import { Injectable, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Column, Entity } from 'typeorm';
import { Database } from './database.js';
import { JobDesk, type JobKind, type JobReference } from './job-desk.js';
import { JobRow } from './job-row.entity.js';
import { JobRows } from './job-rows.js';
import { HandlesJob, type JobContext, type JobHandler } from './queue-handler.js';
import { defineJob, defineQueue } from './queue-job.js';
import { QueueModule } from './queue.module.js';
import { failJobRow, runJobRow } from './run-job-row.js';

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
  maxStalledCount: 3,
  retention: { completed: { ageSeconds: 60, count: 100 }, failed: { ageSeconds: 60, count: 100 } },
});

export const ERRAND_JOB = defineJob<JobReference>({
  queue: ERRAND_QUEUE,
  name: 'errand.run',
  attempts: 3,
  backoff: { type: 'fixed', delayMs: 20 },
  maxRunMs: 10_000,
});

export const CREATE_ERRAND_TABLE = `
  CREATE TABLE errand (
    job_id VARCHAR(36) PRIMARY KEY, status VARCHAR(20) NOT NULL, progress INT NOT NULL, attempts INT NOT NULL,
    requested_by VARCHAR(60) NOT NULL, error_code VARCHAR(60), error_message VARCHAR(1000),
    created_at BIGINT NOT NULL, started_at BIGINT, finished_at BIGINT, updated_at BIGINT NOT NULL,
    answer VARCHAR(100))`;

@Injectable()
export class ErrandRows extends JobRows<Errand> {
  constructor(database: Database) {
    super(database, Errand);
  }
}

/** What a test has the worker do. */
type ErrandWork = (
  run: number,
  context: { signal: AbortSignal; report: (percent: number) => Promise<void> },
) => Promise<string>;

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

  onFailed({ jobId }: JobReference, error: Error): Promise<void> {
    return failJobRow(this.rows, jobId, error);
  }
}

/** The smallest feature with jobs. */
@Module({
  imports: [TypeOrmModule.forFeature([Errand]), QueueModule.forFeature(ERRAND_JOB)],
  providers: [JobDesk, ErrandRunner, ErrandRows, ErrandHandler],
})
export class ErrandModule {}

export function errandKind(rows: ErrandRows): JobKind<Errand> {
  return { name: 'errand', rows, job: ERRAND_JOB };
}
