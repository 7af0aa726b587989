import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { BULLMQ_SCHEMA } from './protocol.js';

const INT8 = 20;

/**
 * PostgreSQL for a few small tables inside a process. 4 MB of shared buffers instead of 128 MB save 130 MB of
 * resident memory; a write-ahead log in segments of 1 MB stays small. As everywhere in PGlite the log is written but
 * not fsynced: a killed process loses nothing, a power cut may ruin the files (see PglitePool).
 */
const SERVER_SETTINGS = {
  shared_buffers: '4MB',
  max_connections: '4',
  min_wal_size: '2MB',
  max_wal_size: '16MB',
  search_path: `${BULLMQ_SCHEMA},public`,
};

export const PGLITE_OPTIONS: PGliteOptions = {
  startParams: [
    ...PGlite.defaultStartParams,
    ...Object.entries(SERVER_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ],
  initDbStartParams: ['--wal-segsize=1', '-c', 'shared_buffers=4MB', '-c', 'max_connections=4'],
  // BullMQ reads bigint columns as strings, as node-postgres delivers them.
  parsers: { [INT8]: (value: string) => value },
};
