import { AppError } from './errors.js';
import { ConfigError } from './config.js';
import { SchemaError } from './migrations.js';

/** Ends a process that could not start: in one plain sentence where the operator can help it, else with the stack. */
export function reportStartFailure(error: unknown): never {
  const expected =
    error instanceof ConfigError ||
    error instanceof SchemaError ||
    error instanceof AppError ||
    isPortInUse(error);
  const text =
    error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`\n${text}\n\n`);
  process.exit(1);
}

function isPortInUse(error: unknown): boolean {
  return (error as { code?: string }).code === 'EADDRINUSE';
}
