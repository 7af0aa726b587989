import { afterEach, beforeEach, describe, expect, it, jest } from '#jest';
import { onceAvailable } from './data-source.js';
import { DatabaseUnavailableError, StorageFullError } from './database-errors.js';
import { configureLogging } from '../observability/logger.js';

configureLogging('silent', 'test');

describe('what needs the database at the start', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

  it('is done once the database is there', async () => {
    const work = jest.fn<() => Promise<string>>().mockRejectedValueOnce(refused).mockResolvedValue('done');
    const done = onceAvailable(work);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await done).toBe('done');
  });

  it('is given up after two minutes, with the reason', async () => {
    let failure: unknown;
    void onceAvailable(() => Promise.reject(refused)).catch((error: unknown) => (failure = error));
    await jest.advanceTimersByTimeAsync(110_000);
    expect(failure).toBeUndefined();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect(failure).toMatchObject({ cause: refused });
  });

  it.each([
    Object.assign(new Error('Access denied'), { code: 'ER_ACCESS_DENIED_ERROR', fatal: true }),
    Object.assign(new Error('Unknown database'), { code: 'ER_BAD_DB_ERROR', fatal: true }),
    new StorageFullError(),
  ])('fails at once where waiting does not help: %s', async (error) => {
    await expect(onceAvailable(() => Promise.reject(error))).rejects.toBe(error);
  });
});
