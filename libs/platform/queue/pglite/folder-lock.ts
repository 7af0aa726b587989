import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import libsql from 'libsql';
import { OperatorError } from '../../failure/errors.js';

/** Another process works on the folder. */
export class FolderInUseError extends OperatorError {
  constructor(folder: string) {
    super(
      'Stop the other process, or give QUEUE_URL another folder',
      `the queue folder ${folder} is in use by another process, and one at a time can work on it`,
    );
    this.name = 'FolderInUseError';
  }
}

/**
 * Keeps a second process out of a folder of files that one process at a time may write. The lock is an exclusive
 * SQLite transaction: the kernel drops it when its holder dies, however it dies.
 * @returns how to give the folder free
 * @throws FolderInUseError
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const lock = new libsql(join(folder, 'lock.sqlite'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw (error as { code?: string }).code === 'SQLITE_BUSY' ? new FolderInUseError(folder) : error;
  }
  return () => lock.close();
}
