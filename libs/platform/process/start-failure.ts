import { DatabaseUnavailableError } from '../database/database-errors.js';
import { AppError } from '../failure/errors.js';
import { ConfigError } from '../config/config.js';
import { SchemaError } from '../database/migrations.js';
import { reasonOf } from '../failure/outage-log.js';
import { FolderInUseError } from '../queue/pglite/folder-lock.js';

/** What a database server answers when DATABASE_URL is wrong. */
const DATABASE_CODES = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
]);

/** Ends a process that could not start: in one plain sentence where the operator can help it, else with the stack. */
export function reportStartFailure(error: unknown): never {
  process.stderr.write(`\n${startFailureText(error)}\n\n`);
  process.exit(1);
}

/** What to say of an error that kept a process from starting. */
export function startFailureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof DatabaseUnavailableError)
    return `The database of DATABASE_URL cannot be reached: ${reasonOf(error)}`;
  const code = (error as { code?: string }).code ?? '';
  if (DATABASE_CODES.has(code)) return `The database of DATABASE_URL cannot be reached: ${error.message}`;
  const expected =
    code === 'EADDRINUSE' ||
    [ConfigError, SchemaError, FolderInUseError, AppError].some((kind) => error instanceof kind);
  return expected ? error.message : (error.stack ?? error.message);
}
