import { afterEach, beforeEach, describe, expect, it, jest } from '#jest';
import {
  type Database,
  DatabaseUnavailableError,
  HealthIndicators,
  type HealthReading,
  type Heartbeats,
  Metrics,
} from '#platform';
import { SystemHealthController } from './system-health.controller.js';
import { SystemHealthService } from './system-health.service.js';

describe('the health of the product', () => {
  let beats: { processId: string; role: string; host: string; startedAt: number; ageMs: number }[];
  let answer: () => Promise<number>;
  let signsOfLife: number;
  let bulkWay: string | undefined;
  let writing: HealthReading;
  let indicators: HealthIndicators;
  let metrics: Metrics;
  let service: SystemHealthService;

  const beat = (processId: string, role: string, ageMs: number): void =>
    void beats.push({ processId, role, host: 'h', startedAt: 0, ageMs });

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
    [beats, answer, signsOfLife, bulkWay] = [[], () => Promise.resolve(1), 0, undefined];
    writing = { status: 'up' };
    [indicators, metrics] = [new HealthIndicators(), new Metrics()];
    const database = {
      now: () => answer(),
      get signsOfLife() {
        return signsOfLife;
      },
      get bulkWay() {
        return bulkWay;
      },
      writeReading: () => writing,
    };
    service = new SystemHealthService(
      indicators,
      database as unknown as Database,
      { list: () => Promise.resolve(beats) } as unknown as Heartbeats,
      metrics,
    );
    beat('w1', 'worker', 1_000);
  });

  afterEach(() => void jest.useRealTimers());

  const read = async (): ReturnType<SystemHealthService['read']> => {
    // whatever was kept is old
    await jest.advanceTimersByTimeAsync(1_000);
    return service.read();
  };

  describe('once it has started', () => {
    beforeEach(() => service.onApplicationBootstrap());

    it('names its parts, and is as well as the worst of them', async () => {
      expect(await read()).toEqual({
        status: 'up',
        checks: {
          database: { status: 'up', latency_ms: 0 },
          workers: {
            status: 'up',
            alive: 1,
            processes: [{ process_id: 'w1', role: 'worker', host: 'h', heartbeat_age_ms: 1_000 }],
          },
        },
      });
      indicators.register('plant', () => Promise.resolve({ status: 'degraded' }));
      expect((await read()).status).toBe('degraded');
      indicators.register('queue', () => Promise.resolve({ status: 'down' }));
      expect((await read()).status).toBe('down');
    });

    it.each([
      ['up', 19_999, 1],
      ['degraded', 20_000, 0],
      ['degraded', 59_999, 0],
      ['down', 60_000, 0],
    ])('calls the workers %s when the last was seen %i ms ago', async (status, ageMs, alive) => {
      beats = [];
      beat('api', 'api', 0);
      beat('w1', 'worker', ageMs);
      beat('w2', 'standalone', 90_000);
      const { workers } = (await read()).checks;
      expect(workers).toMatchObject({
        status,
        alive,
        processes: [{ process_id: 'w1' }, { process_id: 'w2' }],
      });
    });

    it('calls the workers down when there are none', async () => {
      beats = [];
      beat('api', 'api', 0);
      expect((await read()).checks.workers).toEqual({ status: 'down', alive: 0, processes: [] });
    });

    it('says how writes get into the database, and that they do not', async () => {
      bulkWay = 'load_data';
      expect((await read()).checks.database).toEqual({
        status: 'up',
        latency_ms: 0,
        bulk_writes: 'load_data',
      });
      writing = { status: 'degraded', reason: 'STORAGE_FULL' };
      expect((await read()).checks.database).toEqual({ ...writing, latency_ms: 0, bulk_writes: 'load_data' });
      expect(await service.isReady()).toBe(true);
    });

    it('is read once a second for all who ask, and again when it could not be', async () => {
      let asked = 0;
      indicators.register('part', () => Promise.resolve({ status: 'up', asked: ++asked }));
      jest.spyOn(indicators, 'read').mockImplementationOnce(() => Promise.reject(new Error('broken')));
      await expect(read()).rejects.toThrow('broken');
      await read();
      expect(asked).toBe(1);
      await Promise.all([service.read(), service.read()]);
      await jest.advanceTimersByTimeAsync(999);
      await service.read();
      expect(asked).toBe(1);
      await jest.advanceTimersByTimeAsync(1);
      await Promise.all([service.read(), service.read()]);
      expect(asked).toBe(2);
    });

    it('shares a reading that takes longer than a second', async () => {
      let asked = 0;
      let answered: (reading: HealthReading) => void = () => undefined;
      indicators.register('part', () => {
        asked++;
        return new Promise((resolve) => (answered = resolve));
      });
      const first = read();
      await jest.advanceTimersByTimeAsync(2_500);
      const second = service.read();
      answered({ status: 'up' });
      expect(await second).toBe(await first);
      expect(asked).toBe(1);
    });

    it('is down and not ready while the database is away or silent', async () => {
      answer = () => Promise.reject(new DatabaseUnavailableError());
      expect((await read()).checks.database).toMatchObject({
        status: 'down',
        reason: 'DATABASE_UNAVAILABLE',
      });
      expect(await service.isReady()).toBe(false);
      expect(await metrics.registry.metrics()).toMatch(/^database_up 0$/m);
      answer = () => new Promise(() => undefined);
      const silent = service.isReady();
      await jest.advanceTimersByTimeAsync(2_600);
      expect(await silent).toBe(false);
    });

    it('is ready while the database is only slow', async () => {
      answer = () => new Promise(() => undefined);
      const slow = service.isReady();
      for (let i = 0; i < 8; i++) {
        signsOfLife++;
        await jest.advanceTimersByTimeAsync(500);
      }
      expect(await slow).toBe(true);
    });

    it('is figures, too', async () => {
      indicators.register('plant', () => Promise.resolve({ status: 'degraded' }));
      const figures = await metrics.registry.metrics();
      expect(figures).toMatch(/^# HELP database_up \w/m);
      expect(figures).toMatch(/^database_up 1$/m);
      for (const [status, value] of Object.entries({ up: 0, degraded: 1, down: 0 }))
        expect(figures).toContain(`health_check{check="plant",status="${status}"} ${value}\n`);
    });
  });

  it('is ready from its start until it stops', async () => {
    const controller = new SystemHealthController(service);
    await expect(controller.ready()).rejects.toMatchObject({ kind: 'unavailable', code: 'NOT_READY' });
    service.onApplicationBootstrap();
    expect(await controller.ready()).toEqual({ status: 'up' });
    service.onModuleDestroy();
    await expect(controller.ready()).rejects.toMatchObject({ code: 'NOT_READY' });
  });

  it('is 503 when a part is down, and nothing else', async () => {
    const controller = new SystemHealthController(service);
    const { statusOf } = controller.read();
    expect([statusOf({ status: 'up', checks: {} }), statusOf({ status: 'degraded', checks: {} })]).toEqual([
      200, 200,
    ]);
    expect(statusOf({ status: 'down', checks: {} })).toBe(503);
    // whether a process answers depends on nothing
    expect(controller.live().keeping).toEqual({ from: [] });
    expect(await controller.live().produce()).toEqual({ status: 'up' });
  });
});
