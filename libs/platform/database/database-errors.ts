import { driverCode } from './constraint-errors.js';
import { OutageError } from '../failure/errors.js';

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

/** The way to the server is cut, the server goes away or turns everybody away, whatever the statement was. */
const CONNECTION_CODES = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'ER_ABORTING_CONNECTION',
  'ER_CLIENT_INTERACTION_TIMEOUT',
  'ER_CON_COUNT_ERROR',
  'ER_CONNECTION_KILLED',
  'ER_FORCING_CLOSE',
  'ER_HOST_IS_BLOCKED',
  'ER_NEW_ABORTING_CONNECTION',
  'ER_NORMAL_SHUTDOWN',
  'ER_QUERY_INTERRUPTED',
  'ER_SERVER_OFFLINE_MODE',
  'ER_SERVER_SHUTDOWN',
  'ER_TOO_MANY_USER_CONNECTIONS',
]);

/** What a driver's error means to the product: an outage where it is one, else the error as it was. */
export function databaseErrorOf(error: unknown): unknown {
  const cause = (error as { driverError?: unknown } | undefined)?.driverError ?? error;
  if (cause instanceof OutageError) return cause;
  if (isConnectionLost(cause)) return new DatabaseUnavailableError(cause);
  if (isSqliteBusy(cause)) return new DatabaseBusyError(cause);
  if (isStorageFull(cause)) return new StorageFullError(cause);
  return error;
}

/** What ends a connection is fatal; only a refusal that names a cause is one the operator has to mend. */
function isConnectionLost(error: unknown): boolean {
  const { code, fatal } = (error ?? {}) as { code?: unknown; fatal?: unknown };
  return typeof code === 'string' ? CONNECTION_CODES.has(code) : fatal === true;
}

/** What a database writes when the disk under it is full, whichever statement met it. */
const NO_SPACE = /No space left on device|\b(?:errno:|error) 28\b/;

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
