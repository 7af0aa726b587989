import { describe, expect, it } from '#jest';
import { QueryFailedError } from 'typeorm';
import { isDuplicateKey } from './constraint-errors.js';
import { databaseErrorOf, DatabaseUnavailableError } from './database-errors.js';

const driverError = (fields: object): Error => Object.assign(new Error('from the driver'), fields);
const failedQuery = (fields: object): Error => new QueryFailedError('SELECT 1', [], driverError(fields));

describe('an error of the database', () => {
  it.each([
    ['a refused connection', driverError({ code: 'ECONNREFUSED', fatal: true })],
    ['a connection cut under a statement', failedQuery({ code: 'ECONNRESET', fatal: true })],
    ['a server that shuts down', failedQuery({ code: 'ER_SERVER_SHUTDOWN', errno: 1053 })],
    ['too many connections', driverError({ code: 'ER_CON_COUNT_ERROR', errno: 1040 })],
    ['a connection that was closed before', failedQuery({ fatal: true })],
    [
      'an outage that was found already',
      new QueryFailedError('SELECT 1', [], new DatabaseUnavailableError()),
    ],
  ])('is an outage when it is about the server: %s', (_what, error) => {
    expect(databaseErrorOf(error)).toBeInstanceOf(DatabaseUnavailableError);
  });

  it.each([
    ['a duplicate key', failedQuery({ code: 'ER_DUP_ENTRY', errno: 1062 })],
    ['a deadlock', failedQuery({ code: 'ER_LOCK_DEADLOCK', errno: 1213 })],
    ['a wrong password', driverError({ code: 'ER_ACCESS_DENIED_ERROR', fatal: true })],
    ['an error of ours', new TypeError('x is not a function')],
  ])('stays what it is when it is about the statement or the settings: %s', (_what, error) => {
    expect(databaseErrorOf(error)).toBe(error);
  });

  it('keeps what identifies a duplicate key', () => {
    expect(isDuplicateKey(databaseErrorOf(failedQuery({ code: 'ER_DUP_ENTRY' })))).toBe(true);
  });
});
