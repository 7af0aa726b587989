import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsUUID, Matches } from 'class-validator';
import { AppError } from '../failure/errors.js';
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

const MOST_FIELDS = 50;

/** Query of a job whose result is large. */
export class JobQuery {
  @ApiPropertyOptional({
    type: String,
    example: 'status,progress',
    description: 'Only these members of the answer, separated by commas; a poll that waits needs no more',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',', MOST_FIELDS + 1).map((name) => name.trim()) : value,
  )
  @IsArray({ message: 'fields must be names of members separated by commas' })
  @ArrayMaxSize(MOST_FIELDS)
  @Matches(/^[a-z][a-z_]{0,39}$/, {
    each: true,
    message: 'fields must be names of members separated by commas',
  })
  fields?: string[];
}

/** The wanted members of an answer; all of them by default. @throws AppError VALIDATION_FAILED when it has no such member */
export function wantedMembers<Dto extends object>(dto: Dto, { fields }: JobQuery): Partial<Dto> {
  if (fields === undefined) return dto;
  const unknown = fields.find((name) => !Object.hasOwn(dto, name));
  if (unknown !== undefined)
    throw AppError.invalid('fields', `may not name ${unknown}; there are ${Object.keys(dto).join(', ')}`);
  return Object.fromEntries(Object.entries(dto).filter(([name]) => fields.includes(name))) as Partial<Dto>;
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

/** What is shown of every job. */
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

/** What of a row is in the common part of a job's reply. */
export const JOB_PROPERTIES = [
  'jobId',
  'status',
  'progress',
  'attempt',
  'maxAttempts',
  'nextAttemptAt',
  'lastErrorCode',
  'lastErrorMessage',
  'createdAt',
  'startedAt',
  'finishedAt',
  'errorCode',
  'errorMessage',
] as const satisfies (keyof JobRow)[];

/** The common part of a job's reply. */
export function jobDto(row: Pick<JobRow, (typeof JOB_PROPERTIES)[number]>): JobDto {
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

/** When to ask for a job again: nothing once it is finished. For an answer that is kept. */
export function pollHeaders(job: { status: JobStatus }): Record<string, string> {
  const seconds = pollAgainAfter(job);
  return seconds === undefined ? {} : { 'Retry-After': String(seconds) };
}

/** On a route that accepts a job: 202 with Location and when to poll, the same again for the same Idempotency-Key. */
export const AcceptsJob = (): MethodDecorator =>
  applyDecorators(
    HttpCode(202),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'A repeat with the same key gets the first reply',
    }),
    ApiAcceptedResponse({ type: JobAcceptedDto }),
    AnswerHeaders<JobAcceptedDto>({
      location: ({ status_url }) => status_url,
      retryAfterSeconds: pollAgainAfter,
    }),
  );

/** On a route that shows a job: when to poll again while it is unfinished. */
export const JobHeaders = (): MethodDecorator => AnswerHeaders<JobDto>({ retryAfterSeconds: pollAgainAfter });

function pollAgainAfter({ status }: { status: JobStatus }): number | undefined {
  return isFinished(status) ? undefined : POLL_AGAIN_AFTER_SECONDS;
}
