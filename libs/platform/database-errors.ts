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
