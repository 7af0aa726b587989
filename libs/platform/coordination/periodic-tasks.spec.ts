import { afterEach, beforeEach, describe, expect, it, jest } from '#jest';
import { configureLogging } from '../observability/logger.js';
import { PeriodicTasks } from './periodic-tasks.js';

configureLogging('silent', 'test');

describe('a periodic task', () => {
  let tasks: PeriodicTasks;

  beforeEach(() => {
    jest.useFakeTimers();
    tasks = new PeriodicTasks();
  });

  afterEach(() => void jest.useRealTimers());

  it('runs for the first time after one interval, and again after each', async () => {
    const work = jest.fn(() => Promise.resolve());
    tasks.every('count', 1_000, work);
    await jest.advanceTimersByTimeAsync(999);
    expect(work).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(2_001);
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('never runs twice at a time: the interval begins when it is done', async () => {
    const running = { now: 0, most: 0, begun: 0 };
    tasks.every('slow', 100, async () => {
      running.begun++;
      running.most = Math.max(running.most, ++running.now);
      await new Promise((resolve) => setTimeout(resolve, 350));
      running.now--;
    });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(running).toMatchObject({ most: 1, begun: 3 });
  });

  it('goes on after an error', async () => {
    const work = jest.fn(() => Promise.reject(new Error('no')));
    tasks.every('fail', 100, work);
    await jest.advanceTimersByTimeAsync(350);
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('goes on after work that throws before it promises anything', async () => {
    const work = jest.fn((): Promise<void> => {
      throw new Error('no');
    });
    tasks.every('throw', 100, work);
    await jest.advanceTimersByTimeAsync(350);
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('is awaited at shutdown and not begun again', async () => {
    let done = false;
    const work = jest.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      done = true;
    });
    tasks.every('last', 100, work);
    await jest.advanceTimersByTimeAsync(150);
    const stopped = tasks.onModuleDestroy();
    expect(done).toBe(false);
    await jest.advanceTimersByTimeAsync(1_000);
    await stopped;
    expect(done).toBe(true);
    expect(work).toHaveBeenCalledTimes(1);
  });
});
