import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { TEST_MYSQL_URL, TEST_REDIS_URL } from './servers.js';

/** The two ways the product runs; every test of behaviour runs on both. */
export type Profile = 'embedded' | 'server';

/** A database and a queue prefix of one test's own, and how to remove them. */
export interface ProfileResources {
  variables: Record<string, string>;
  drop(): Promise<void>;
}

/** Makes the environment variables of a profile, with a fresh database. */
export async function profileResources(profile: Profile): Promise<ProfileResources> {
  if (profile === 'embedded') {
    return {
      variables: { DATABASE_URL: 'sqlite::memory:', QUEUE_URL: 'pglite:memory' },
      drop: () => Promise.resolve(),
    };
  }
  const name = `tep_test_${randomBytes(6).toString('hex')}`;
  await onMysqlServer(`CREATE DATABASE ${name}`);
  const url = new URL(TEST_MYSQL_URL);
  url.pathname = `/${name}`;
  return {
    variables: { DATABASE_URL: url.toString(), QUEUE_URL: TEST_REDIS_URL, QUEUE_PREFIX: name },
    drop: async () => {
      await onMysqlServer(`DROP DATABASE ${name}`);
      await forgetQueues(name);
    },
  };
}

/** Removes every key of a queue prefix from Redis. */
async function forgetQueues(prefix: string): Promise<void> {
  const redis = new Redis(TEST_REDIS_URL, { maxRetriesPerRequest: 1 });
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 }))
      if ((keys as string[]).length > 0) await redis.unlink(keys as string[]);
  } finally {
    redis.disconnect();
  }
}

async function onMysqlServer(statement: string): Promise<void> {
  const connection = await createConnection({ uri: TEST_MYSQL_URL, connectTimeout: 5_000 });
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
