/** The schema of BullMQ's tables. */
export const BULLMQ_SCHEMA = 'bullmq';

/** What the thread that runs PGlite is started with. */
export interface PgliteThreadData {
  /** The files of the database; undefined keeps it in memory. */
  dataDir: string | undefined;
  /** The packed data folder a database in memory starts from. */
  templateFile: string;
}

/** To the thread: run a statement, or close the database and end. */
export type PgliteRequest =
  { id: number; text: string; parameters: readonly unknown[] | undefined } | 'close';

/** A database error in a form that survives the way between threads. */
export interface PgliteErrorFields {
  message: string;
  code?: string;
  detail?: string;
  hint?: string;
}

/** From the thread. */
export type PgliteReply =
  | { kind: 'ready' }
  | { kind: 'result'; id: number; rows: unknown[]; rowCount: number }
  | { kind: 'error'; id: number; error: PgliteErrorFields }
  | { kind: 'maintenance-failed'; error: PgliteErrorFields }
  | { kind: 'notification'; channel: string; payload: string };
