import { isDebugWanted } from '../config/environment.js';
import { driverCode } from '../database/constraint-errors.js';
import { AppError, OperatorError, OutageError } from '../failure/errors.js';
import { reasonOf } from '../failure/outage-log.js';

/** What to do about an error that is not the product's own, by its code. Nothing is loaded for it: a start may fail early. */
const REMEDIES: Record<string, string> = {
  EADDRINUSE: 'Give PORT (a worker: WORKER_PORT) another value, or stop the program that has the port',
  EADDRNOTAVAIL: 'Give HOST an address of this machine',
  DATABASE_UNAVAILABLE: 'Start the database of DATABASE_URL, or correct its address there',
  DATABASE_BUSY: 'Stop the program that keeps the database of DATABASE_URL locked',
  STORAGE_FULL: 'Make room on the disk of the database',
  ER_ACCESS_DENIED_ERROR: 'Correct user and password in DATABASE_URL',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'Correct user and password in DATABASE_URL',
  ER_DBACCESS_DENIED_ERROR: 'Give the user in DATABASE_URL rights on the database',
  ER_BAD_DB_ERROR: 'Create the database, or correct its name in DATABASE_URL',
  SQLITE_NOTADB: 'Let DATABASE_URL name a SQLite file, or one that is not there yet',
  SQLITE_CORRUPT: 'Restore the file of DATABASE_URL from a backup',
  SQLITE_READONLY: 'Let DATABASE_URL name a file this user may write to',
};
/** What libsql says, without a code, of a file it cannot open. */
const CANNOT_OPEN = /^ConnectionFailed\(.*local database/;
const FILE_REMEDY = 'Let DATABASE_URL name a file this user may read and write';

/** The folders of DATABASE_URL and QUEUE_URL are made where they are missing. */
const FOLDER_REMEDY = 'Let DATABASE_URL and QUEUE_URL name places this user may write to';

/** Ends a process that could not start, or a command that failed: with one line on stderr, and with code 1. */
export function reportStartFailure(error: unknown): never {
  process.stderr.write(`\n${startFailureText(error, { withStack: isDebugWanted() })}\n\n`);
  process.exit(1);
}

/**
 * What to say of an error that kept a process from starting: first the remedy, where there is one, then what happened.
 * @param options.withStack whether the stack follows
 */
export function startFailureText(error: unknown, { withStack = false } = {}): string {
  if (!(error instanceof Error)) return String(error);
  const text = sentenceOf(error).replace(/\s*\n\s*/g, ' ');
  return withStack ? `${text}\n${error.stack}` : text;
}

function sentenceOf(error: Error): string {
  const remedy = remedyOf(error);
  const happened = error instanceof OutageError ? reasonOf(error) : error.message;
  if (remedy !== undefined) return `${remedy}: ${happened}`;
  return error instanceof AppError ? happened : `${happened} (LOG_LEVEL=debug shows where)`;
}

function remedyOf(error: Error): string | undefined {
  if (error instanceof OperatorError) return error.remedy;
  const { syscall } = error as NodeJS.ErrnoException;
  const code = driverCode(error);
  if (syscall === 'mkdir') return FOLDER_REMEDY;
  if (CANNOT_OPEN.test(error.message)) return FILE_REMEDY;
  return syscall === 'listen' && code === 'EACCES' ? 'Give PORT a value above 1023' : REMEDIES[code];
}
