import { describe, expect, it } from '#jest';
import { ConfigError } from '../config/environment.js';
import { DatabaseUnavailableError } from '../database/database-errors.js';
import { SchemaError } from '../database/migrations.js';
import { AppError } from '../failure/errors.js';
import { FolderInUseError } from '../queue/pglite/folder-lock.js';
import { startFailureText } from './start-failure.js';

const withCode = (message: string, fields: object): Error => Object.assign(new Error(message), fields);

describe('a start that fails', () => {
  it.each([
    [
      'wrong settings',
      new ConfigError(['PORT must be an integer number', 'LOG_LEVEL must be one of …']),
      'Correct these variables of the environment, or .env: PORT must be an integer number; LOG_LEVEL must be one of …',
    ],
    [
      'tables of an older version',
      new SchemaError('Run npm run db:init', 'the database lacks migrations of this version'),
      'Run npm run db:init: the database lacks migrations of this version',
    ],
    [
      'a queue folder in use',
      new FolderInUseError('/srv/queue'),
      'Stop the other process, or give QUEUE_URL another folder: the queue folder /srv/queue is in use by another ' +
        'process, and one at a time can work on it',
    ],
    [
      'a wrong database password',
      withCode("Access denied for user 'tep'", { code: 'ER_ACCESS_DENIED_ERROR' }),
      "Correct user and password in DATABASE_URL: Access denied for user 'tep'",
    ],
    [
      'a database that did not come in time',
      new DatabaseUnavailableError(new Error('connect ECONNREFUSED 127.0.0.1:3306')),
      'Start the database of DATABASE_URL, or correct its address there: connect ECONNREFUSED 127.0.0.1:3306',
    ],
    [
      'a port in use',
      withCode('listen EADDRINUSE: address already in use 127.0.0.1:8000', { code: 'EADDRINUSE' }),
      'Give PORT (a worker: WORKER_PORT) another value, or stop the program that has the port: ' +
        'listen EADDRINUSE: address already in use 127.0.0.1:8000',
    ],
    [
      'a port for administrators only',
      withCode('listen EACCES: permission denied 127.0.0.1:80', { code: 'EACCES', syscall: 'listen' }),
      'Give PORT a value above 1023: listen EACCES: permission denied 127.0.0.1:80',
    ],
    [
      'a folder that cannot be made',
      withCode("EACCES: permission denied, mkdir '/srv/tep'", { code: 'EACCES', syscall: 'mkdir' }),
      "Let DATABASE_URL and QUEUE_URL name places this user may write to: EACCES: permission denied, mkdir '/srv/tep'",
    ],
    [
      'a file that is no database',
      withCode('file is not a database', { code: 'SQLITE_NOTADB' }),
      'Let DATABASE_URL name a SQLite file, or one that is not there yet: file is not a database',
    ],
    [
      'a refusal of a command',
      AppError.conflict('LOAD_RUNNING', 'Another load is running'),
      'Another load is running',
    ],
    [
      'what nobody expected',
      new TypeError('x is\n not a function'),
      'x is not a function (LOG_LEVEL=debug shows where)',
    ],
  ])('says the remedy first, in one line: %s', (_what, error, line) => {
    expect(startFailureText(error)).toBe(line);
  });

  it('shows the stack when asked to', () => {
    expect(startFailureText(new TypeError('x is not a function'), { withStack: true })).toMatch(/\n\s+at /);
  });
});
