import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { AnswerHeaders } from '../http/answer-headers.interceptor.js';
import { isFinished, JOB_STATUSES, type JobRow, type JobStatus } from './job-row.entity.js';
import { PageQuery } from '../http/pagination.js';
import { isoTime, isoTimeOrNull } from '../http/wire.js';

const POLL_AGAIN_AFTER_SECONDS = 1;
export const EXAMPLE_JOB_ID = '5f0c7a52-2b1a-4f9b-9d0e-0d5a2f6f5c11';

/** The path parameter of everything below a job. */
export class JobIdParams {
  @ApiProperty({ format: 'uuid', example: EXAMPLE_JOB_ID })
  @IsUUID(undefined, { message: 'job_id must be a UUID' })
  job_id!: string;
}

/** Query of lists of jobs. */
export class JobListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: JOB_STATUSES, description: 'Only jobs in this state' })
  @IsOptional()
  @IsIn(JOB_STATUSES)
  status?: JobStatus;
}

/** The 202 of a job request. */
export class JobAcceptedDto {
  @ApiProperty({ format: 'uuid', example: EXAMPLE_JOB_ID })
  job_id!: string;

  @ApiProperty({ enum: JOB_STATUSES, example: 'queued' })
  status!: JobStatus;

  @ApiProperty({ description: 'Poll this' })
  status_url!: string;
}

export class JobErrorDto {
  @ApiProperty()
  code!: string;

  @ApiProperty()
  message!: string;
}

/** What every job tells of itself. */
export class JobDto {
  @ApiProperty({ format: 'uuid', example: EXAMPLE_JOB_ID })
  job_id!: string;

  @ApiProperty({ enum: JOB_STATUSES, example: 'completed' })
  status!: JobStatus;

  @ApiProperty({ type: 'integer', example: 100, minimum: 0, maximum: 100, description: 'Percent' })
  progress!: number;

  @ApiProperty({
    type: 'integer',
    example: 1,
    description: 'The attempt under way or last made; 0 before the first',
  })
  attempt!: number;

  @ApiProperty({ type: 'integer', example: 3, description: 'It fails for good with this one' })
  max_attempts!: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'When it is tried again, wall time, while it waits for that',
  })
  next_attempt_at!: string | null;

  @ApiProperty({
    type: JobErrorDto,
    nullable: true,
    description: 'Why it did not succeed last time; kept while it is tried again',
    example: null,
  })
  last_error!: JobErrorDto | null;

  @ApiProperty({
    format: 'date-time',
    example: '2026-03-01T08:00:00.000Z',
    description: 'When it was asked for, wall time',
  })
  created_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-03-01T08:00:00.040Z',
    description: 'When it was first begun, wall time',
  })
  started_at!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-03-01T08:00:00.310Z',
    description: 'When it ended, wall time',
  })
  finished_at!: string | null;

  @ApiProperty({ type: JobErrorDto, nullable: true, description: 'Why it failed', example: null })
  error!: JobErrorDto | null;
}

/** The common part of a job's reply. */
export function jobDto(row: JobRow): JobDto {
  return {
    job_id: row.jobId,
    status: row.status,
    progress: row.progress,
    attempt: row.attempt,
    max_attempts: row.maxAttempts,
    next_attempt_at: isoTimeOrNull(row.nextAttemptAt),
    last_error: errorDto(row.lastErrorCode, row.lastErrorMessage),
    created_at: isoTime(row.createdAt),
    started_at: isoTimeOrNull(row.startedAt),
    finished_at: isoTimeOrNull(row.finishedAt),
    error: errorDto(row.errorCode, row.errorMessage),
  };
}

function errorDto(code: string | null, message: string | null): JobErrorDto | null {
  return code === null ? null : { code, message: message ?? '' };
}

/** The body of a 202: where to poll. @param path of the job's collection */
export function jobAccepted(path: string, { jobId, status }: JobRow): JobAcceptedDto {
  return { job_id: jobId, status, status_url: `${path}/${jobId}` };
}

/** On a route that accepts a job: Location and when to poll. */
export const JobAcceptedHeaders = (): MethodDecorator =>
  AnswerHeaders<JobAcceptedDto>({
    location: ({ status_url }) => status_url,
    retryAfterSeconds: pollAgainAfter,
  });

/** On a route that tells of a job: when to poll again while it is unfinished. */
export const JobHeaders = (): MethodDecorator => AnswerHeaders<JobDto>({ retryAfterSeconds: pollAgainAfter });

function pollAgainAfter({ status }: { status: JobStatus }): number | undefined {
  return isFinished(status) ? undefined : POLL_AGAIN_AFTER_SECONDS;
}
