import { Column, PrimaryColumn } from 'typeorm';
import { EpochMsColumn } from './columns.js';

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

  /** How often a worker has begun it. */
  @Column({ type: 'int' })
  attempts!: number;

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
