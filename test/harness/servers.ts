export const TEST_MYSQL_URL = process.env.TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306';
export const TEST_REDIS_URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

/** Set by the global set-up when MySQL or Redis cannot be reached and CI does not insist on them. */
export const SERVER_PROFILE_MISSING = 'TEP_TEST_SERVER_PROFILE_MISSING';
