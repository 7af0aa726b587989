import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { availableProfiles, TEST_REDIS_URL, waitFor } from '#testing';
import { HealthIndicators, type HealthReading } from '../observability/health-indicators.js';
import { configureLogging } from '../observability/logger.js';
import { Metrics } from '../observability/metrics.js';
import {
  type QueueApp,
  SHORT_JOB,
  ShortHandler,
  startQueueApp,
  WORK_JOB,
  WorkHandler,
} from '../../../test/factories/queue-jobs.fixture.js';

configureLogging('silent', 'test');

const TRANSPORTS = availableProfiles().map((profile) => ({
  transport: profile === 'embedded' ? 'PGlite' : 'Redis',
  url: profile === 'embedded' ? 'pglite:memory' : TEST_REDIS_URL,
}));

describe.each(TRANSPORTS)('the job queue on $transport', ({ url }) => {
  let app: QueueApp;
  let work: WorkHandler;

  beforeAll(async () => {
    const prefix = `test-${randomUUID().slice(0, 8)}`;
    app = await startQueueApp({
      url,
      prefix,
      jobs: [WORK_JOB, SHORT_JOB],
      handlers: [WorkHandler, ShortHandler],
    });
    work = app.get(WorkHandler);
  });

  afterAll(() => app.forgetAndClose());

  const submit = async (
    task: Parameters<WorkHandler['handle']>[0]['task'],
    job = WORK_JOB,
  ): Promise<string> => {
    const jobId = randomUUID();
    await app.queue.add(job, { task }, { jobId });
    return jobId;
  };
  const state = (jobId: string, wanted: string, job = WORK_JOB): Promise<true> =>
    waitFor(`job ${wanted}`, async () => (await app.queue.state(job, jobId)) === wanted);
  const runs = (jobId: string): number => work.started.filter((start) => start.jobId === jobId).length;

  it('runs a job once and keeps its result', async () => {
    const jobId = await submit('succeed');
    await state(jobId, 'completed');
    const [stored] = await Promise.all(app.queue.queues().map((queue) => queue.getJob(jobId)));
    expect(stored?.returnvalue).toBe('done by run 1');
    expect(runs(jobId)).toBe(1);
  });

  it('reports how far a job is', async () => {
    const jobId = await submit('wait-for-abort');
    const progress = await waitFor(
      'progress',
      async () => (await app.queue.queues()[0].getJob(jobId))?.progress || undefined,
    );
    expect(progress).toBe(50);
    await app.queue.cancel(WORK_JOB, jobId);
  });

  it('does not add a job twice', async () => {
    const jobId = await submit('succeed');
    await app.queue.add(WORK_JOB, { task: 'succeed' }, { jobId });
    await state(jobId, 'completed');
    await app.queue.add(WORK_JOB, { task: 'succeed' }, { jobId });
    await state(await submit('succeed'), 'completed');
    expect(runs(jobId)).toBe(1);
  });

  it('adds a forgotten job again', async () => {
    const jobId = await submit('succeed');
    await state(jobId, 'completed');
    expect(await app.queue.remove(WORK_JOB, jobId)).toBe(true);
    expect(await app.queue.state(WORK_JOB, jobId)).toBe('absent');
    await app.queue.add(WORK_JOB, { task: 'succeed' }, { jobId });
    await state(jobId, 'completed');
    expect(runs(jobId)).toBe(2);
  });

  it('brings a job again when its handler says, as often as it says so', async () => {
    const jobId = await submit('come-again-twice');
    await state(jobId, 'completed');
    expect(runs(jobId)).toBe(3);
    const [first, second, third] = work.started
      .filter((start) => start.jobId === jobId)
      .map((start) => start.at);
    expect(second - first).toBeGreaterThanOrEqual(95);
    expect(third - second).toBeGreaterThanOrEqual(195);
  });

  it('keeps a job whose handler met an error it says nothing about', async () => {
    const jobId = await submit('fail');
    await state(jobId, 'delayed');
    expect(await app.queue.cancel(WORK_JOB, jobId)).toBe('removed');
  });

  it('does not bring hopeless work again', async () => {
    const jobId = await submit('hopeless');
    await state(jobId, 'failed');
    expect(runs(jobId)).toBe(1);
  });

  it('cancels a waiting job without running it', async () => {
    const jobId = randomUUID();
    await app.queue.add(WORK_JOB, { task: 'succeed' }, { jobId, delayMs: 60_000 });
    expect(await app.queue.cancel(WORK_JOB, jobId)).toBe('removed');
    expect(await app.queue.state(WORK_JOB, jobId)).toBe('absent');
    expect(await app.queue.cancel(WORK_JOB, jobId)).toBe('absent');
  });

  it('cancels a running job, which does not come again', async () => {
    const jobId = await submit('wait-for-abort');
    await waitFor('start', () => runs(jobId) === 1);
    expect(await app.queue.cancel(WORK_JOB, jobId)).toBe('signalled');
    await state(jobId, 'failed');
    expect(work.aborted).toContainEqual({ jobId, reason: 'JobCancelledError' });
    expect(runs(jobId)).toBe(1);
    expect(await app.queue.cancel(WORK_JOB, jobId)).toBe('finished');
  });

  it('aborts a job that runs too long', async () => {
    const jobId = await submit('wait-for-abort', SHORT_JOB);
    await state(jobId, 'delayed', SHORT_JOB);
    expect(app.get(ShortHandler).aborted).toEqual([{ jobId, reason: 'JobTimeoutError' }]);
    expect(await app.queue.cancel(SHORT_JOB, jobId)).toBe('removed');
  });

  it('notifies an idle worker of a job at once and never misses one', async () => {
    const latencies: number[] = [];
    for (let i = 0; i < 20; i++) {
      const before = Date.now();
      const jobId = await submit('succeed');
      const start = await waitFor('start', () => work.started.find((entry) => entry.jobId === jobId), {
        intervalMs: 5,
      });
      latencies.push(start.at - before);
      await state(jobId, 'completed');
    }
    // A worker that missed a call would find the job when it looks again, after 5 s; a call takes milliseconds.
    expect(Math.max(...latencies)).toBeLessThan(4_500);
  });

  it('drains 500 jobs and counts them', async () => {
    const before = (await app.queue.counts()).work.completed;
    const ids: string[] = Array.from({ length: 500 }, () => randomUUID());
    await Promise.all(ids.map((jobId) => app.queue.add(WORK_JOB, { task: 'succeed' }, { jobId })));
    await waitFor('all 500', async () => (await app.queue.counts()).work.completed === before + 500, {
      intervalMs: 200,
    });
    const started = work.started.filter((start) => ids.includes(start.jobId));
    expect(new Set(started.map((run) => run.jobId)).size).toBe(500);
    expect(started).toHaveLength(500);
  });

  it('answers a ping and says how long that took', async () => {
    const before = performance.now();
    const latencyMs = await app.queue.ping();
    expect(latencyMs).toBeGreaterThan(0);
    expect(latencyMs).toBeLessThanOrEqual(performance.now() - before);
  });

  it('shows that it is paused, and counts the jobs that wait', async () => {
    const [bullQueue] = app.queue.queues().filter(({ name }) => name === WORK_JOB.queue.name);
    const health = async (): Promise<HealthReading> => (await app.get(HealthIndicators).read()).queue;
    const pausedMetric = async (): Promise<string | undefined> =>
      /^queue_paused\{queue="work"\} (\d)$/m.exec(await app.get(Metrics).registry.metrics())?.[1];
    await bullQueue.pause();
    const ids = [randomUUID(), randomUUID()];
    for (const jobId of ids) await app.queue.add(WORK_JOB, { task: 'succeed' }, { jobId });
    expect((await app.queue.counts()).work.waiting).toBe(2);
    expect(await pausedMetric()).toBe('1');
    await waitFor('the health answer to say so', async () => (await health()).status === 'degraded');
    expect(await health()).toMatchObject({ reason: 'paused: work' });
    await bullQueue.resume();
    for (const jobId of ids) await state(jobId, 'completed');
    await waitFor('all to be well', async () => (await health()).status === 'up');
    expect(await pausedMetric()).toBe('0');
  });
});
