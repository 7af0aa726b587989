import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { UnrecoverableError } from 'bullmq';
import { describeOnBothProfiles, FeatureApp, waitFor } from '#testing';
import { Database } from './database.js';
import { AppError } from './errors.js';
import {
  CREATE_ERRAND_TABLE,
  Errand,
  ERRAND_JOB,
  errandKind,
  ErrandModule,
  ErrandRows,
  ErrandRunner,
} from './job-desk.fixture.js';
import { JobDesk, type JobKind } from './job-desk.js';
import { QueueUnavailableError } from './queue-errors.js';
import { JobQueue } from './queue.service.js';

const BACKLOG = 20;

describeOnBothProfiles('a job with a row', (profile) => {
  let app: FeatureApp;
  let desk: JobDesk;
  let rows: ErrandRows;
  let runner: ErrandRunner;
  let queue: JobQueue;
  let kind: JobKind<Errand>;

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile,
      imports: [ErrandModule],
      queue: 'works',
      variables: { QUEUE_MAX_BACKLOG: String(BACKLOG) },
    });
    [desk, rows, runner, queue] = [
      app.get(JobDesk),
      app.get(ErrandRows),
      app.get(ErrandRunner),
      app.get(JobQueue),
    ];
    kind = errandKind(rows);
    await app.get(Database).query(CREATE_ERRAND_TABLE);
  });

  afterAll(() => app.stop());

  beforeEach(() => {
    runner.runs.length = 0;
    runner.work = (run) => Promise.resolve(`run ${run}`);
  });
  afterEach(() => void jest.restoreAllMocks());

  const insert = (jobId: string): Promise<void> => rows.insertQueued({ jobId, requestedBy: 'test' });
  const submit = (idempotencyKey?: string, request: object = {}): Promise<string> =>
    desk.submit(kind, { prepare: () => Promise.resolve(insert), idempotencyKey, request });
  const inState = (jobId: string, status: string): Promise<Errand> =>
    waitFor(`${status}`, async () => {
      const row = await rows.find(jobId);
      return row?.status === status ? row : undefined;
    });
  const forgetTouch = (jobId: string): Promise<unknown> =>
    app.get(Database).query('UPDATE errand SET updated_at = 1 WHERE job_id = ?', [jobId]);

  /** Work that stands still until it is let go. */
  function hold(): { begun: Promise<unknown>; release: () => void } {
    const { promise: released, resolve: release } = deferred();
    runner.work = async (run) => {
      await released;
      return `run ${run}`;
    };
    return { begun: waitFor('the work to begin', () => runner.runs.length > 0), release };
  }

  it('is done, and its row says when and what', async () => {
    const row = await inState(await submit(), 'completed');
    expect(row).toMatchObject({ answer: 'run 1', progress: 100, attempts: 1, errorCode: null });
    expect(row.startedAt).toBeGreaterThanOrEqual(row.createdAt);
    expect(row.finishedAt).toBeGreaterThanOrEqual(row.startedAt ?? Infinity);
  });

  it('has its row committed before the queue hears of it', async () => {
    const add = jest.spyOn(queue, 'add').mockImplementation(async (_job, payload) => {
      const { jobId } = payload as { jobId: string };
      expect(await rows.find(jobId)).toMatchObject({ status: 'queued' });
    });
    await submit();
    expect(add).toHaveBeenCalledTimes(1);
    await app.get(Database).query(`UPDATE errand SET status = 'cancelled' WHERE status = 'queued'`);
  });

  it('that was lost between row and queue is found by the sweeper', async () => {
    jest.spyOn(queue, 'add').mockRejectedValueOnce(new QueueUnavailableError());
    const jobId = await submit();
    await desk.sweep(kind);
    expect(await rows.find(jobId)).toMatchObject({ status: 'queued', attempts: 0 });
    await forgetTouch(jobId);
    await desk.sweep(kind);
    expect(await inState(jobId, 'completed')).toMatchObject({ answer: 'run 1' });
  });

  it('that waits or runs is left alone by the sweeper', async () => {
    const { begun, release } = hold();
    const jobId = await submit();
    await begun;
    await forgetTouch(jobId);
    await desk.sweep(kind);
    release();
    expect(await inState(jobId, 'completed')).toMatchObject({ attempts: 1, answer: 'run 1' });
    expect(runner.runs).toEqual([jobId]);
  });

  it('that was begun ten times and never ended is given up', async () => {
    const jobId = randomUUID();
    await insert(jobId);
    await app.get(Database).query('UPDATE errand SET attempts = 10 WHERE job_id = ?', [jobId]);
    await forgetTouch(jobId);
    await desk.sweep(kind);
    expect(await rows.find(jobId)).toMatchObject({ status: 'failed', errorCode: 'JOB_LOST' });
  });

  it('that runs twice writes once', async () => {
    const { begun, release } = hold();
    const jobId = await submit();
    await begun;
    // What a worker does that took the job over while the first one, taken for dead, still works on it.
    expect(await rows.begin(jobId)).toMatchObject({ attempts: 2 });
    expect(await rows.complete(jobId, { answer: 'the second run' })).toBe(true);
    release();
    await waitFor('the first run to end', async () => (await queue.state(ERRAND_JOB, jobId)) === 'completed');
    expect(await rows.find(jobId)).toMatchObject({ status: 'completed', answer: 'the second run' });
    expect(await rows.begin(jobId)).toBeUndefined();
    expect(await rows.fail(jobId, 'LATE', 'late')).toBe(false);
    expect(await rows.cancel(jobId)).toBe(false);
  });

  it('that is cancelled while it runs is told so and writes nothing', async () => {
    let reason: unknown;
    runner.work = (_run, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(signal.reason as Error);
        });
      });
    const jobId = await submit();
    await waitFor('the work to begin', () => runner.runs.includes(jobId));
    await desk.cancel(kind, jobId);
    await waitFor('the abortion', () => reason !== undefined);
    await waitFor('the queue to settle it', async () => (await queue.state(ERRAND_JOB, jobId)) !== 'active');
    expect(await rows.find(jobId)).toMatchObject({ status: 'cancelled', answer: null, errorCode: null });
    expect(runner.runs).toEqual([jobId]);
  });

  it('that is cancelled behind the back of deaf work still writes nothing', async () => {
    const { begun, release } = hold();
    const jobId = await submit();
    await begun;
    await rows.cancel(jobId);
    release();
    await waitFor('the run to end', async () => (await queue.state(ERRAND_JOB, jobId)) !== 'active');
    expect(await rows.find(jobId)).toMatchObject({ status: 'cancelled', answer: null });
  });

  it('that is cancelled stops at its next report of progress', async () => {
    let stopped = false;
    const { promise: cancelled, resolve: goOn } = deferred();
    runner.work = async (_run, { report }) => {
      await report(10);
      await cancelled;
      await report(20).catch((error: Error) => {
        stopped = true;
        throw error;
      });
      return 'never';
    };
    const jobId = await submit();
    await waitFor('progress', async () => (await rows.find(jobId))?.progress === 10);
    await rows.cancel(jobId);
    goOn();
    await waitFor('the work to stop', () => stopped);
    expect(await rows.find(jobId)).toMatchObject({ status: 'cancelled', progress: 10, answer: null });
  });

  it('that fails by bad luck is tried again', async () => {
    runner.work = (run) => (run < 3 ? Promise.reject(new Error(`no. ${run}`)) : Promise.resolve('at last'));
    expect(await inState(await submit(), 'completed')).toMatchObject({ attempts: 3, answer: 'at last' });
  });

  it.each([
    ['fails to the last', (): Error => new Error('SELECT secret'), 'JOB_FAILED', /the log tells more/, 3],
    [
      'is hopeless',
      (): Error => new UnrecoverableError('SELECT secret'),
      'JOB_FAILED',
      /the log tells more/,
      1,
    ],
    ['is refused', (): Error => AppError.unprocessable('NO_DATA', 'no samples'), 'NO_DATA', /no samples/, 1],
    ['lacks a part for too long', (): Error => new QueueUnavailableError(), 'QUEUE_UNAVAILABLE', /queue/, 3],
  ])('that %s says so on its row', async (_what, error, errorCode, message, attempts) => {
    runner.work = () => Promise.reject(error());
    const row = await inState(await submit(), 'failed');
    expect(row).toMatchObject({ errorCode, attempts, answer: null });
    expect(row.errorMessage).toMatch(message);
    expect(row.errorMessage).not.toContain('SELECT');
  });

  it('is submitted once, however many ask at once with the same key', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => submit('key-1', { eq_id: 'REACTOR' })));
    expect(new Set(ids).size).toBe(1);
    await inState(ids[0], 'completed');
    expect(runner.runs).toEqual([ids[0]]);
    expect(await submit('key-1', { eq_id: 'REACTOR' })).toBe(ids[0]);
    await expect(submit('key-1', { eq_id: 'STRIPPER' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    await expect(submit('key with blanks')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('that was accepted is not judged again when its key comes again, even while the queue is down', async () => {
    const jobId = await submit('key-2', { eq_id: 'REACTOR' });
    jest.spyOn(queue, 'ping').mockRejectedValue(new QueueUnavailableError());
    const prepare = jest.fn(() => Promise.reject(AppError.unprocessable('TOO_LATE', 'the world moved on')));
    const again = { prepare, idempotencyKey: 'key-2', request: { eq_id: 'REACTOR' } };
    expect(await desk.submit(kind, again)).toBe(jobId);
    await expect(desk.submit(kind, { ...again, request: {} })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(prepare).not.toHaveBeenCalled();
    await expect(desk.submit(kind, { ...again, idempotencyKey: 'key-3' })).rejects.toMatchObject({
      code: 'TOO_LATE',
    });
    await inState(jobId, 'completed');
  });

  it('is refused while the queue is down, and nothing is left of it', async () => {
    const before = await app.get(Database).query('SELECT job_id FROM errand');
    jest.spyOn(queue, 'ping').mockRejectedValue(new QueueUnavailableError());
    await expect(submit('key-down')).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      kind: 'unavailable',
      retryAfterSeconds: expect.any(Number),
    });
    expect(await app.get(Database).query('SELECT job_id FROM errand')).toHaveLength(before.length);
    jest.restoreAllMocks();
    await inState(await submit('key-down'), 'completed');
  });

  it('is refused when too much waits already, until there is room', async () => {
    const { begun, release } = hold();
    const outcomes = await Promise.allSettled(Array.from({ length: BACKLOG + 10 }, () => submit()));
    await begun;
    const accepted = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as AppError] : [],
    );
    expect(accepted.length).toBeGreaterThanOrEqual(BACKLOG);
    expect(accepted.length + refused.length).toBe(BACKLOG + 10);
    await expect(submit()).rejects.toMatchObject({
      kind: 'too_many_requests',
      code: 'QUEUE_FULL',
      retryAfterSeconds: expect.any(Number),
    });
    expect(refused.every(({ code }) => code === 'QUEUE_FULL')).toBe(true);
    release();
    for (const jobId of accepted) await inState(jobId, 'completed');
    expect([...runner.runs].sort()).toEqual([...accepted].sort());
    await inState(await submit(), 'completed');
  });

  it('cannot be cancelled when it is done or unknown', async () => {
    const jobId = await submit();
    await inState(jobId, 'completed');
    await expect(desk.cancel(kind, jobId)).rejects.toMatchObject({ code: 'JOB_FINISHED' });
    await expect(desk.cancel(kind, randomUUID())).rejects.toMatchObject({ code: 'ERRAND_NOT_FOUND' });
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
