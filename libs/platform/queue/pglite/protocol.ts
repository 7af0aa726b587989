/** The schema of BullMQ's tables. */
export const BULLMQ_SCHEMA = 'bullmq';

/** Where the database of a thread is kept: in a folder, or in memory, where it starts from the packed template. */
export type PgliteThreadData = { dataDir: string } | { templateFile: string };

/** To the thread: run a statement, or close the database and end. */
export type PgliteRequest =
  { id: number; text: string; parameters: readonly unknown[] | undefined } | 'close';

/** A database error in a form that survives the way between threads. */
export interface PgliteErrorFields {
  message: string;
  code?: string | undefined;
  detail?: string | undefined;
  hint?: string | undefined;
}

/** From the thread. */
export type PgliteReply =
  | { kind: 'ready' }
  | { kind: 'result'; id: number; rows: unknown[]; rowCount: number }
  | { kind: 'error'; id: number; error: PgliteErrorFields }
  | { kind: 'maintenance-failed'; error: PgliteErrorFields }
  | { kind: 'notification'; channel: string; payload: string };
