import { Column, PrimaryColumn } from 'typeorm';
import { EpochMsColumn } from '../database/columns.js';

export const JOB_STATUSES = ['queued', 'active', 'completed', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** True when nothing will change any more. */
export function isFinished(status: JobStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** What the row of every job has, whatever the job does. The row is the truth; the queue only carries its id. */
export abstract class JobRow {
  @PrimaryColumn({ name: 'job_id', type: 'varchar', length: 36 })
  jobId!: string;

  @Column({ type: 'varchar', length: 20 })
  status!: JobStatus;

  /** Percent, 0 to 100. */
  @Column({ type: 'int' })
  progress!: number;

  /** How often a worker has begun it; names the run that may write on the row. */
  @Column({ name: 'attempts', type: 'int' })
  runs!: number;

  /** The attempt under way or last made. A run that an outage, a stop or another worker cut short is none. */
  @Column({ type: 'int' })
  attempt!: number;

  @Column({ name: 'max_attempts', type: 'int' })
  maxAttempts!: number;

  /** How often its worker has vanished without a word. */
  @Column({ type: 'int' })
  losses!: number;

  /** Set while it waits for another try. */
  @EpochMsColumn({ name: 'next_attempt_at', nullable: true })
  nextAttemptAt!: number | null;

  /** Why the last run did not succeed. */
  @Column({ name: 'last_error_code', type: 'varchar', length: 60, nullable: true })
  lastErrorCode!: string | null;

  @Column({ name: 'last_error_message', type: 'varchar', length: 1000, nullable: true })
  lastErrorMessage!: string | null;

  @Column({ name: 'requested_by', type: 'varchar', length: 60 })
  requestedBy!: string;

  @Column({ name: 'error_code', type: 'varchar', length: 60, nullable: true })
  errorCode!: string | null;

  @Column({ name: 'error_message', type: 'varchar', length: 1000, nullable: true })
  errorMessage!: string | null;

  @EpochMsColumn({ name: 'created_at' })
  createdAt!: number;

  @EpochMsColumn({ name: 'started_at', nullable: true })
  startedAt!: number | null;

  @EpochMsColumn({ name: 'finished_at', nullable: true })
  finishedAt!: number | null;

  @EpochMsColumn({ name: 'updated_at' })
  updatedAt!: number;
}
