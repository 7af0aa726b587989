import { afterEach, beforeEach, describe, expect, it, jest } from '#jest';
import { DatabaseUnavailableError } from '../database/database-errors.js';
import { type LeasedWork, LeaseRunner } from './lease-runner.js';
import { LEASE_RENEWAL_MS, LEASE_TTL_MS, type Leases } from './lease.js';
import { configureLogging } from '../observability/logger.js';

configureLogging('silent', 'test');

const never = new Promise<boolean>(() => undefined);

describe('the holder of a lease', () => {
  let hold: jest.Mock<Leases['hold']>;
  let runner: LeaseRunner;
  let running: boolean;
  let starts: number;

  beforeEach(async () => {
    jest.useFakeTimers();
    [running, starts] = [false, 0];
    hold = jest.fn<Leases['hold']>(() => Promise.resolve(true));
    runner = new LeaseRunner({ hold, release: () => Promise.resolve() } as unknown as Leases);
    const work: LeasedWork = {
      name: 'plant',
      start: () => Promise.resolve(void ([running, starts] = [true, starts + 1])),
      stop: () => Promise.resolve(void (running = false)),
    };
    await runner.compete(work);
  });

  afterEach(() => void jest.useRealTimers());

  it('goes on through an outage that is over before the lease runs out', async () => {
    hold.mockImplementation(() => Promise.reject(new DatabaseUnavailableError()));
    await jest.advanceTimersByTimeAsync(LEASE_TTL_MS - LEASE_RENEWAL_MS - 1);
    expect(running).toBe(true);
    hold.mockImplementation(() => Promise.resolve(true));
    await jest.advanceTimersByTimeAsync(LEASE_TTL_MS);
    expect([running, starts]).toEqual([true, 1]);
  });

  it.each([
    ['refuses', () => Promise.reject(new DatabaseUnavailableError())],
    ['is silent', () => never],
    ['gives up on a silent statement after 5 s', () => rejectAfter(5_000)],
  ])('has stopped before another one may begin when the database %s', async (_how, answer) => {
    hold.mockImplementation(answer);
    await jest.advanceTimersByTimeAsync(LEASE_TTL_MS);
    expect(running).toBe(false);
  });

  it('begins again once the outage is over', async () => {
    hold.mockImplementation(() => Promise.reject(new DatabaseUnavailableError()));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(running).toBe(false);
    hold.mockImplementation(() => Promise.resolve(true));
    await jest.advanceTimersByTimeAsync(LEASE_RENEWAL_MS);
    expect([running, starts]).toEqual([true, 2]);
  });

  it('that was starved past the end of the lease asks first, and goes on when nobody has taken it', async () => {
    jest.setSystemTime(Date.now() + 10 * LEASE_TTL_MS);
    hold.mockImplementation(() => new Promise((resolve) => setTimeout(resolve, 2_000, true)));
    await jest.advanceTimersByTimeAsync(2 * LEASE_TTL_MS);
    expect([running, starts]).toEqual([true, 1]);
  });

  it('that was starved past the end of the lease stops when another one has taken it', async () => {
    jest.setSystemTime(Date.now() + 10 * LEASE_TTL_MS);
    hold.mockImplementation(() => Promise.resolve(false));
    await jest.advanceTimersByTimeAsync(LEASE_RENEWAL_MS);
    expect(running).toBe(false);
  });
});

function rejectAfter(ms: number): Promise<never> {
  return new Promise((_, reject) => setTimeout(reject, ms, new DatabaseUnavailableError()));
}
