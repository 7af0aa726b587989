import type { Environment } from '../config/environment.js';

/** How long finished jobs stay to be looked at; whichever limit is reached first removes the oldest. */
export interface JobRetention {
  ageSeconds: number;
  count: number;
}

/** A queue and how its jobs are worked on. Nothing is defaulted: whoever adds a queue decides. */
export interface QueueSettings {
  /** Letters, digits and hyphens. */
  name: string;
  /** Jobs worked on at once in each worker process. */
  concurrency: number;
  /** A job whose worker has been silent this long is given to another one; the lock is renewed every third of it. */
  lockDurationMs: number;
  /** How often workers look for such jobs. */
  stalledIntervalMs: number;
  retention: { completed: JobRetention; failed: JobRetention };
}

/** A kind of job. */
export interface JobSettings {
  queue: QueueSettings;
  /** Unique within its queue, e.g. `prediction.run`. */
  name: string;
  /** The wait before the second attempt, before the third and so on: there is one attempt more than waits. */
  retryDelaysMs: readonly number[];
  /** An attempt that takes longer is aborted. A function where a setting decides. */
  maxRunMs: number | ((environment: Environment) => number);
}

declare const DATA: unique symbol;
declare const RESULT: unique symbol;

/** A kind of job with the types of its payload and its result; made by `defineJob`. */
export interface JobDefinition<Data extends object, Result> extends AnyJobDefinition {
  readonly [DATA]?: Data;
  readonly [RESULT]?: Result;
}

/** Any kind of job, where its types do not matter. */
export type AnyJobDefinition = Readonly<JobSettings>;

/** How often a job is tried in all. */
export function maxAttempts({ retryDelaysMs }: AnyJobDefinition): number {
  return retryDelaysMs.length + 1;
}

/** States a queue. Export it from the feature, beside its jobs. */
export function defineQueue(settings: QueueSettings): Readonly<QueueSettings> {
  return Object.freeze(settings);
}

/**
 * States a kind of job. The payload holds ids, not content: the row is the truth.
 * @example const PREDICTION_JOB = defineJob<{ predictionId: string }>({ queue: PREDICTION_QUEUE, name: 'prediction.run', … })
 */
export function defineJob<Data extends object, Result = void>(
  settings: JobSettings,
): JobDefinition<Data, Result> {
  return Object.freeze(settings);
}

/** What BullMQ stores as the data of a job. */
export interface JobEnvelope<Data extends object = object> {
  payload: Data;
  /** The request that caused the job; its log lines carry it. */
  requestId?: string | undefined;
  /** Set while the job is active: its worker aborts it. */
  cancelled?: boolean | undefined;
}
