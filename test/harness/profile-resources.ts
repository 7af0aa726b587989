import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { productSchema } from '../factories/product-schema.fixture.js';
import { TEST_MYSQL_URL, TEST_REDIS_URL } from './servers.js';

/** The two ways the product runs; every test of behaviour runs on both. */
export type Profile = 'embedded' | 'server';

/** A database and a queue prefix of one test's own, and how to remove them. */
export interface ProfileResources {
  variables: Record<string, string>;
  drop(): Promise<void>;
}

/** A starved server accepts late. */
const CONNECT_TIMEOUT_MS = 120_000;

export interface FreshDatabase {
  /** What a database of the server profile holds: nothing, or the product's tables as all migrations leave them. @default 'none' */
  tables?: 'none' | 'migrated';
}

/** Makes the environment variables of a profile, with a fresh database. */
export async function profileResources(
  profile: Profile,
  { tables = 'none' }: FreshDatabase = {},
): Promise<ProfileResources> {
  if (profile === 'embedded') {
    return {
      variables: { DATABASE_URL: 'sqlite::memory:', QUEUE_URL: 'pglite:memory' },
      drop: () => Promise.resolve(),
    };
  }
  const name = newName();
  const make = [`CREATE DATABASE ${name}`];
  if (tables === 'migrated') make.push(`USE ${name}`, await productTables());
  await onMysqlServer(make.join(';\n'));
  return {
    variables: { DATABASE_URL: urlOf(name), QUEUE_URL: TEST_REDIS_URL, QUEUE_PREFIX: name },
    drop: async () => {
      await onMysqlServer(`DROP DATABASE ${name}`);
      await forgetQueues(name);
    },
  };
}

const newName = (): string => `tep_test_${randomBytes(6).toString('hex')}`;

function urlOf(database: string): string {
  const url = new URL(TEST_MYSQL_URL);
  url.pathname = `/${database}`;
  return url.toString();
}

/** @see productSchema */
async function productTables(): Promise<string> {
  const name = newName();
  const schema = await productSchema(async () => {
    await onMysqlServer(`CREATE DATABASE ${name}`);
    return urlOf(name);
  });
  await onMysqlServer(`DROP DATABASE IF EXISTS ${name}`);
  return schema;
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

async function onMysqlServer(statements: string): Promise<void> {
  const connection = await createConnection({
    uri: TEST_MYSQL_URL,
    connectTimeout: CONNECT_TIMEOUT_MS,
    multipleStatements: true,
  });
  try {
    await connection.query(statements);
  } finally {
    await connection.end();
  }
}
