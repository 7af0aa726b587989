import { describe, expect, it } from '#jest';
import { createApiKey } from './api-keys.js';
import { Config, isLoopback } from './config.js';
import { ConfigError, readEnvironment } from './environment.js';

const KEY = createApiKey('ops', 'admin').entry;

function parseConfig(variables: Record<string, string>): Config {
  return readEnvironment([Config], variables).of(Config);
}

function problemsOf(variables: Record<string, string>): string[] {
  try {
    parseConfig(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs no variable: one process on a loopback address, with files below var/', () => {
    const config = parseConfig({});
    expect(config).toMatchObject({
      production: false,
      host: '127.0.0.1',
      port: 8000,
      workerPort: 8001,
      queuePrefix: 'tep',
      queueMaxBacklog: 2_000,
      shutdownTimeoutMs: 25_000,
      authenticationRequired: false,
    });
    expect(config.database).toMatchObject({
      kind: 'sqlite',
      file: expect.stringMatching(/^\/.*var\/tep\.sqlite$/),
    });
    expect(config.queue).toMatchObject({ kind: 'pglite', folder: expect.stringMatching(/^\/.*var\/queue$/) });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(parseConfig({ PORT: '', LOG_FORMAT: '', API_KEYS: '' })).toMatchObject({
      port: 8000,
      logFormat: undefined,
    });
  });

  it('reads every variable', () => {
    expect(
      parseConfig({
        NODE_ENV: 'production',
        HOST: '0.0.0.0',
        PORT: '0',
        WORKER_PORT: '9001',
        DATABASE_URL: 'mysql://u:p@db:3306/tep',
        DATABASE_POOL_SIZE: '25',
        QUEUE_URL: 'rediss://queue:6379',
        QUEUE_PREFIX: 'plant-2',
        QUEUE_MAX_BACKLOG: '7',
        LOG_LEVEL: 'warn',
        LOG_FORMAT: 'json',
        API_KEYS: KEY,
        ALLOWED_HOSTS: ' API , plant.example ',
        CORS_ORIGINS: 'https://panel.example , http://localhost:5173,https://panel.example',
        SHUTDOWN_TIMEOUT_S: '5',
      }),
    ).toMatchObject({
      production: true,
      host: '0.0.0.0',
      port: 0,
      workerPort: 9001,
      database: { kind: 'mysql', url: 'mysql://u:p@db:3306/tep', poolSize: 25 },
      queue: { kind: 'redis', url: 'rediss://queue:6379' },
      queuePrefix: 'plant-2',
      queueMaxBacklog: 7,
      logLevel: 'warn',
      logFormat: 'json',
      apiKeys: [{ name: 'ops', role: 'admin', expiresAt: undefined }],
      allowedHosts: ['api', 'plant.example'],
      corsOrigins: ['https://panel.example', 'http://localhost:5173'],
      shutdownTimeoutMs: 5_000,
    });
  });

  it.each([
    ['NODE_ENV', 'staging'],
    ['PORT', '70000'],
    ['PORT', 'eighty'],
    ['WORKER_PORT', '-1'],
    ['DATABASE_URL', 'postgres://db/tep'],
    ['DATABASE_POOL_SIZE', '0'],
    ['QUEUE_URL', 'amqp://queue'],
    ['QUEUE_PREFIX', 'With Blanks'],
    ['QUEUE_MAX_BACKLOG', '0'],
    ['LOG_LEVEL', 'loud'],
    ['API_KEYS', 'ops:admin:secret'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'null'],
    ['CORS_ORIGINS', 'panel.example'],
    ['CORS_ORIGINS', 'https://*.example'],
    ['CORS_ORIGINS', 'ftp://panel.example'],
    ['CORS_ORIGINS', 'https://panel.example,https://panel.example/app'],
    ['SHUTDOWN_TIMEOUT_S', '301'],
  ])('names the variable when %s=%s', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).not.toHaveLength(0);
    for (const problem of problems) expect(problem).toContain(name);
  });

  it.each([
    ['http://localhost:5173/', 'http://localhost:5173'],
    ['https://panel.example:443', 'https://panel.example'],
    ['HTTPS://Panel.example', 'https://panel.example'],
  ])('says for CORS_ORIGINS=%s what browsers send', (given, sent) => {
    expect(problemsOf({ CORS_ORIGINS: given })).toEqual([
      expect.stringMatching(new RegExp(`write ${sent}$`)),
    ]);
  });

  it('reports all that is wrong at once', () => {
    const problems = problemsOf({ HOST: '0.0.0.0', PORT: '-1', LOG_LEVEL: 'loud', CORS_ORIGINS: '*' });
    expect(problems).toHaveLength(4);
    const { message } = new ConfigError(problems);
    for (const name of ['API_KEYS', 'PORT', 'LOG_LEVEL', 'CORS_ORIGINS']) expect(message).toContain(name);
  });

  it.each([
    [{ HOST: '0.0.0.0' }],
    [{ HOST: '192.168.1.7' }],
    [{ HOST: '::' }],
    [{ NODE_ENV: 'production' }],
    [{ NODE_ENV: 'production', HOST: 'localhost' }],
  ])('asks for API_KEYS with %j, and says how to make one', (variables) => {
    expect(problemsOf(variables)).toEqual([expect.stringMatching(/^API_KEYS.*npm run api-key/)]);
    expect(parseConfig({ ...variables, API_KEYS: KEY }).authenticationRequired).toBe(true);
  });

  it('asks for keys on a loopback address too once there are some', () => {
    expect(parseConfig({ API_KEYS: KEY }).authenticationRequired).toBe(true);
  });

  it('knows loopback addresses', () => {
    expect(['127.0.0.1', '127.8.9.1', 'localhost', '::1'].map(isLoopback)).toEqual([true, true, true, true]);
    expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.example', 'localhost.evil'].map(isLoopback)).toEqual(
      [false, false, false, false, false],
    );
  });
});
