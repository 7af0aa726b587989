import { renameSync, writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { runMigrations } from 'bullmq';
import { BULLMQ_SCHEMA } from './protocol.js';
import { PGLITE_OPTIONS } from './settings.js';

/**
 * Run as a process of its own: `node pglite-template.js FILE`. Writes a packed data folder with BullMQ's tables in
 * it. PostgreSQL's initdb needs 700 MB once, which must not stay with the product.
 */
const [, , file] = process.argv;
const database = await PGlite.create(PGLITE_OPTIONS);
await runMigrations(
  {
    query: async <R>(text: string, parameters?: readonly unknown[]) => {
      if (parameters) return database.query<R>(text, [...parameters]);
      const results = await database.exec(text);
      return { rows: (results.at(-1)?.rows ?? []) as R[] };
    },
  },
  BULLMQ_SCHEMA,
);
await database.exec('VACUUM FREEZE ANALYZE');
await database.exec('CHECKPOINT');
const dump = await database.dumpDataDir('none');
const unfinished = `${file}.${process.pid}`;
writeFileSync(unfinished, Buffer.from(await dump.arrayBuffer()));
renameSync(unfinished, file);
process.exit(0);
