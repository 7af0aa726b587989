import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../config/config.js';
import { DatabaseUnavailableError } from '../database/database-errors.js';
import { FolderInUseError } from '../queue/pglite/folder-lock.js';
import { startFailureText } from './start-failure.js';

describe('a start that fails', () => {
  it.each([
    ['a wrong setting', new ConfigError(['PORT must be an integer']), 'PORT must be an integer'],
    ['a queue folder in use', new FolderInUseError('/srv/queue'), '/srv/queue is in use'],
    [
      'a wrong database password',
      Object.assign(new Error("Access denied for user 'tep'"), { code: 'ER_ACCESS_DENIED_ERROR' }),
      'DATABASE_URL',
    ],
    [
      'a database that did not come in time',
      new DatabaseUnavailableError(new Error('connect ECONNREFUSED 127.0.0.1:3306')),
      'DATABASE_URL cannot be reached: connect ECONNREFUSED',
    ],
    [
      'a port in use',
      Object.assign(new Error('listen EADDRINUSE 127.0.0.1:8000'), { code: 'EADDRINUSE' }),
      '8000',
    ],
  ])('says what the operator can mend, without a stack: %s', (_what, error, sentence) => {
    const text = startFailureText(error);
    expect(text).toContain(sentence);
    expect(text).not.toMatch(/\n\s+at /);
  });

  it('shows the stack of what nobody expected', () => {
    expect(startFailureText(new TypeError('x is not a function'))).toMatch(/\n\s+at /);
  });
});
