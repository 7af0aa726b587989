import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { SERVER_PROFILE_MISSING, TEST_MYSQL_URL, TEST_REDIS_URL } from './servers.js';

/** Looks once whether MySQL and Redis are there; with CI=true their absence fails the run. */
export default async function globalSetup(): Promise<void> {
  const missing = [await mysqlProblem(), await redisProblem()].filter((problem) => problem !== undefined);
  if (missing.length === 0) return;
  if (process.env.CI === 'true')
    throw new Error(`The server profile cannot be tested: ${missing.join('; ')}`);
  process.env[SERVER_PROFILE_MISSING] = missing.join('; ');
}

async function mysqlProblem(): Promise<string | undefined> {
  try {
    const connection = await createConnection({ uri: TEST_MYSQL_URL, connectTimeout: 60_000 });
    await connection.end();
    return undefined;
  } catch (error) {
    return `MySQL at TEST_MYSQL_URL=${TEST_MYSQL_URL} does not answer (${(error as Error).message})`;
  }
}

async function redisProblem(): Promise<string | undefined> {
  const redis = new Redis(TEST_REDIS_URL, {
    lazyConnect: true,
    connectTimeout: 60_000,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return undefined;
  } catch (error) {
    return `Redis at TEST_REDIS_URL=${TEST_REDIS_URL} does not answer (${(error as Error).message})`;
  } finally {
    redis.disconnect();
  }
}
