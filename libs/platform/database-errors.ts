import { driverCode } from './constraint-errors.js';
import { OutageError } from './errors.js';

const RETRY_AFTER_SECONDS = 5;

/** The database server is silent, refuses connections or is restarting. */
export class DatabaseUnavailableError extends OutageError {
  constructor(cause?: unknown) {
    super({
      kind: 'unavailable',
      code: 'DATABASE_UNAVAILABLE',
      message: 'The database does not answer at the moment',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause,
    });
    this.name = 'DatabaseUnavailableError';
  }
}

/** Another program holds the database locked, e.g. a backup tool. */
export class DatabaseBusyError extends OutageError {
  constructor(cause?: unknown) {
    super({
      kind: 'unavailable',
      code: 'DATABASE_BUSY',
      message: 'Another program keeps the database locked',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause,
    });
    this.name = 'DatabaseBusyError';
  }
}

/** There is no room left for what was to be written. */
export class StorageFullError extends OutageError {
  constructor(cause?: unknown) {
    super({
      kind: 'storage_full',
      code: 'STORAGE_FULL',
      message: 'The database has no room left to write to',
      cause,
    });
    this.name = 'StorageFullError';
  }
}

/** What a database writes when the disk under it is full, whichever statement met it. */
const NO_SPACE = /No space left on device|\b(?:errno:|error) 28\b/;

/** The outage a statement met, or the error itself when it met none. */
export function databaseErrorOf(error: unknown): unknown {
  if (error instanceof OutageError) return error;
  if (isSqliteBusy(error)) return new DatabaseBusyError(error);
  if (isStorageFull(error)) return new StorageFullError(error);
  return error;
}

/** True when a statement met the lock of another program. */
export function isSqliteBusy(error: unknown): boolean {
  return driverCode(error).startsWith('SQLITE_BUSY');
}

function isStorageFull(error: unknown): boolean {
  switch (driverCode(error)) {
    case '':
      return false;
    case 'SQLITE_FULL':
    case 'SQLITE_IOERR_WRITE':
    case 'SQLITE_IOERR_SHMSIZE':
    case 'ER_RECORD_FILE_FULL':
    case 'ER_DISK_FULL':
      return true;
    default:
      return NO_SPACE.test((error as Error).message);
  }
}

/**
 * At which level to log that a piece of work failed and is tried again: the database itself says when a lock or the lack of
 * room begins and ends.
 */
export function levelOfFailure(error: unknown): 'debug' | 'error' {
  return error instanceof DatabaseBusyError || error instanceof StorageFullError ? 'debug' : 'error';
}
