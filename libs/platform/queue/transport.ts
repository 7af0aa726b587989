import type { Job, Queue, Worker, WorkerOptions } from 'bullmq';
import type { JobEnvelope } from './job.js';

export type BullJob = Job<JobEnvelope, unknown>;
export type BullQueue = Queue<JobEnvelope, unknown>;
export type BullWorker = Worker<JobEnvelope, unknown>;
export type BullWorkerOptions = Omit<WorkerOptions, 'connection' | 'prefix'>;
export type JobProcessFunction = (job: BullJob, token?: string) => Promise<unknown>;

/** BullMQ keeps a log of events per queue, which nobody here reads. */
export const FEW_EVENTS = { events: { maxLen: 100 } };

/** What carries the jobs between processes. */
export interface QueueTransport {
  readonly kind: 'redis' | 'pglite';
  /** Whether commands can be expected to be answered. */
  readonly isReady: boolean;
  /** How long it may say nothing at all while it is asked something before it counts as gone. */
  readonly longestSilenceMs: number;
  /** Changes whenever it has said anything. */
  readonly heard: number;
  createQueue(name: string): BullQueue;
  createWorker(name: string, process: JobProcessFunction, options: BullWorkerOptions): BullWorker;
  /** Resolves once the transport has answered. */
  ping(): Promise<void>;
  /** Writes a little something, as every new job does. */
  write(): Promise<void>;
  close(): Promise<void>;
}
