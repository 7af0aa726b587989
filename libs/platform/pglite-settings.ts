import { PGlite, type PGliteOptions } from '@electric-sql/pglite';

const INT8 = 20;

/** The schema of BullMQ's tables. */
export const BULLMQ_SCHEMA = 'bullmq';

/**
 * How PostgreSQL runs inside the process. Few small tables: 4 MB of shared buffers instead of 128 MB save 130 MB of
 * resident memory; segments of 1 MB keep the write-ahead log from holding 16 MB and more for nothing.
 */
export const PGLITE_OPTIONS: PGliteOptions = {
  startParams: [
    ...PGlite.defaultStartParams,
    ...['-c', 'shared_buffers=4MB', '-c', 'max_connections=4', '-c', `search_path=${BULLMQ_SCHEMA},public`],
  ],
  initDbStartParams: ['--wal-segsize=1', '-c', 'shared_buffers=4MB', '-c', 'max_connections=4'],
  // BullMQ reads bigint columns as strings, as node-postgres delivers them.
  parsers: { [INT8]: (value: string) => value },
};
