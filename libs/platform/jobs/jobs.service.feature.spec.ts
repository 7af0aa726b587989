import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '#jest';
import { UnrecoverableError } from 'bullmq';
import { describeOnBothProfiles, FeatureApp, waitFor } from '#testing';
import { Database } from '../database/database.js';
import { DatabaseUnavailableError } from '../database/database-errors.js';
import { SharedTransaction } from '../database/shared-transaction.js';
import { AppError } from '../failure/errors.js';
import {
  CREATE_ERRAND_TABLE,
  Errand,
  ERRAND_JOB,
  errandKind,
  ErrandModule,
  ErrandRows,
  ErrandRunner,
} from '../../../test/factories/errand.fixture.js';
import { type JobKind, JobsService } from './jobs.service.js';
import { Metrics } from '../observability/metrics.js';
import {
  JobLockLostError,
  JobTimeoutError,
  QueueUnavailableError,
  WorkerStoppingError,
} from '../queue/errors.js';
import { JobQueue } from '../queue/queue.service.js';
import { runJobRow } from './run-job-row.js';

const BACKLOG = 20;

describeOnBothProfiles('a job with a row', (profile) => {
  let app: FeatureApp;
  let jobs: JobsService;
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
    [jobs, rows, runner, queue] = [
      app.get(JobsService),
      app.get(ErrandRows),
      app.get(ErrandRunner),
      app.get(JobQueue),
    ];
    kind = errandKind(rows);
    jobs.register(kind);
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
    jobs.submit(kind, { prepare: () => Promise.resolve(insert), idempotencyKey, request });
  const inState = (jobId: string, status: string): Promise<Errand> =>
    waitFor(`${status}`, async () => {
      const row = await rows.find(jobId);
      return row?.status === status ? row : undefined;
    });
  const forgetTouch = (jobId: string): Promise<unknown> =>
    app.get(Database).query('UPDATE errand SET updated_at = 1 WHERE job_id = ?', [jobId]);

  /** Brings a job that waits for its time now. */
  const promote = async (jobId: string): Promise<void> => {
    for (const bullQueue of queue.queues()) await (await bullQueue.getJob(jobId))?.promote();
  };

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
    expect(row).toMatchObject({
      answer: 'run 1',
      progress: 100,
      attempt: 1,
      maxAttempts: 3,
      errorCode: null,
    });
    expect(row.startedAt).toBeGreaterThanOrEqual(row.createdAt);
    expect(row.finishedAt).toBeGreaterThanOrEqual(row.startedAt ?? Infinity);
  });

  it('shares transactions with the jobs that begin and end beside it, and an error of one is not theirs', async () => {
    const ids = Array.from({ length: 6 }, () => randomUUID());
    await Promise.all(ids.map(insert));
    const shared = jest.spyOn(SharedTransaction.prototype, 'run');
    const begun = await Promise.all(ids.map((id) => rows.begin(id)));
    expect(begun.map((row) => row?.runs)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(shared).toHaveBeenCalledTimes(6);

    const ended = await Promise.allSettled(
      begun.map((row, i) =>
        rows.complete(row as Errand, i === 3 ? ({ requestedBy: null } as never) : { answer: `work ${i}` }),
      ),
    );
    expect(ended.map(({ status }) => status === 'fulfilled')).toEqual([true, true, true, false, true, true]);
    const found = await Promise.all(ids.map((id) => rows.find(id)));
    expect(found.map((row) => row?.answer)).toEqual(
      [0, 1, 2, 3, 4, 5].map((i) => (i === 3 ? null : `work ${i}`)),
    );
    expect(found[3]).toMatchObject({ status: 'active', requestedBy: 'test' });
    await rows.cancel(ids[3]);
  });

  it('is read with the jobs that begin beside it', async () => {
    const ids = Array.from({ length: 6 }, () => randomUUID());
    await Promise.all(ids.map(insert));
    const read = jest.spyOn(app.get(Database), 'queryArrays');
    const begun = await Promise.all(ids.map((id) => rows.begin(id)));
    expect(begun.map((row) => row?.jobId)).toEqual(ids);
    const wholeRows = read.mock.calls.filter(([sql]) => sql.includes('requested_by'));
    expect(wholeRows.map(([, parameters]) => parameters)).toEqual([ids]);
    for (const id of ids) await rows.cancel(id);
  });

  it('asks once for all who submit at the same time whether the queue is there', async () => {
    const ping = jest.spyOn(queue, 'ping');
    const ids = await Promise.all([submit(), submit(), submit(), submit()]);
    expect(ping).toHaveBeenCalledTimes(1);
    for (const id of ids) await inState(id, 'completed');
  });

  it('counts once what is unfinished for all that are taken in together, each of them included', async () => {
    const before = await rows.countUnfinished();
    const counted = jest.spyOn(rows, 'countUnfinished');
    const takenIn: number[] = [];
    const givenUp = app.get(Database).transaction(async () => {
      for (let i = 0; i < 3; i++) {
        takenIn.push(await rows.countBeforeInsert());
        await insert(randomUUID());
      }
      throw new Error('enough');
    });
    await expect(givenUp).rejects.toThrow('enough');
    expect(takenIn).toEqual([before, before + 1, before + 2]);
    expect(counted).toHaveBeenCalledTimes(1);
    expect(await rows.countUnfinished()).toBe(before);
  });

  it('takes no result that its row has no room for', async () => {
    const jobId = randomUUID();
    await insert(jobId);
    const row = (await rows.begin(jobId)) as Errand;
    await expect(rows.complete(row, { colour: 'red' } as never)).rejects.toThrow('has no colour');
    expect(await rows.find(jobId)).toMatchObject({ status: 'active' });
    await rows.cancel(jobId);
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
    await jobs.sweep(kind);
    expect(await rows.find(jobId)).toMatchObject({ status: 'queued', attempt: 0 });
    await forgetTouch(jobId);
    await jobs.sweep(kind);
    expect(await inState(jobId, 'completed')).toMatchObject({ answer: 'run 1' });
  });

  it('shows in the metrics how long the oldest has waited, until a worker begins it', async () => {
    const waiting = async (): Promise<number> =>
      Number(
        /^queue_oldest_waiting_seconds\{queue="errand"\} (\S+)$/m.exec(
          await app.get(Metrics).registry.metrics(),
        )?.[1],
      );
    expect(await waiting()).toBe(0);
    const ids = [randomUUID(), randomUUID()];
    for (const jobId of ids) await insert(jobId);
    await app
      .get(Database)
      .query('UPDATE errand SET created_at = ? WHERE job_id = ?', [Date.now() - 90_000, ids[1]]);
    expect(await waiting()).toBeGreaterThanOrEqual(90);
    await rows.begin(ids[1]);
    expect(await waiting()).toBeLessThan(90);
    for (const jobId of ids) await rows.cancel(jobId);
    expect(await waiting()).toBe(0);
  });

  it('that waits or runs is left alone by the sweeper', async () => {
    const { begun, release } = hold();
    const jobId = await submit();
    await begun;
    await forgetTouch(jobId);
    await jobs.sweep(kind);
    release();
    expect(await inState(jobId, 'completed')).toMatchObject({ runs: 1, answer: 'run 1' });
    expect(runner.runs).toEqual([jobId]);
  });

  it('whose workers vanish counts no attempt, but is given up after twenty of them', async () => {
    const jobId = randomUUID();
    await insert(jobId);
    for (let vanished = 0; vanished <= 20; vanished++)
      expect(await rows.begin(jobId)).toMatchObject({ attempt: 1, losses: vanished });
    expect(await rows.begin(jobId)).toBeUndefined();
    expect(await rows.find(jobId)).toMatchObject({ status: 'failed', errorCode: 'JOB_LOST' });
  });

  it('that the queue has lost while it was worked on counts that as the end of a worker', async () => {
    const jobId = randomUUID();
    await insert(jobId);
    await rows.begin(jobId);
    await forgetTouch(jobId);
    await jobs.sweep(kind);
    expect(await inState(jobId, 'completed')).toMatchObject({ runs: 2, attempt: 1, losses: 1 });
  });

  it('that has failed is done once more when somebody wants it, with as many attempts as a new one', async () => {
    const refusal = AppError.unprocessable('NOT_NOW', 'not now');
    runner.work = (run) => (run === 1 ? Promise.reject(refusal) : Promise.resolve(`run ${run}`));
    const jobId = await submit();
    const { attempt, maxAttempts } = await inState(jobId, 'failed');
    await jobs.retry(kind, jobId);
    expect(await inState(jobId, 'completed')).toMatchObject({
      answer: 'run 2',
      attempt: attempt + 1,
      maxAttempts: attempt + maxAttempts,
      errorCode: null,
    });
    await expect(jobs.retry(kind, jobId)).rejects.toMatchObject({ code: 'JOB_NOT_FAILED' });
    await expect(jobs.retry(kind, randomUUID())).rejects.toMatchObject({ code: 'ERRAND_NOT_FOUND' });
  });

  it('that runs twice writes once', async () => {
    const { begun, release } = hold();
    const jobId = await submit();
    await begun;
    // What a worker does that took the job over while the first one, taken for dead, still works on it.
    const second = await rows.begin(jobId);
    expect(second).toMatchObject({ runs: 2, attempt: 1 });
    expect(await rows.complete(second as Errand, { answer: 'the second run' })).toBe(true);
    release();
    await waitFor('the first run to end', async () => (await queue.state(ERRAND_JOB, jobId)) === 'completed');
    expect(await rows.find(jobId)).toMatchObject({ status: 'completed', answer: 'the second run' });
    expect(await rows.begin(jobId)).toBeUndefined();
    expect(await rows.fail(second as Errand, { code: 'LATE', message: 'late' })).toBe(false);
    expect(await rows.cancel(jobId)).toBe(false);
  });

  it('that was given to another worker is left to it by the one that lost it', async () => {
    const { promise: takenOver, resolve: goOn } = deferred();
    const outcome = new Promise((resolve) => {
      runner.work = async (_run, { report }) => {
        await takenOver;
        await report(80).catch((error: Error) => {
          resolve(error.name);
          throw error;
        });
        return 'never';
      };
    });
    const jobId = await submit();
    const first = await inState(jobId, 'active');
    const second = await rows.begin(jobId);
    goOn();
    expect(await outcome).toBe('JobLockLostError');
    const late = { code: 'LATE', message: 'late' };
    expect(await rows.retry(first, late, 0)).toBe(false);
    expect(await rows.giveBack(first)).toBe(false);
    expect(await rows.fail(first, late)).toBe(false);
    expect(await rows.complete(first, { answer: 'late' })).toBe(false);
    expect(await rows.find(jobId)).toMatchObject({
      status: 'active',
      runs: 2,
      progress: 0,
      lastErrorCode: null,
    });
    expect(await rows.complete(second as Errand, { answer: 'the second run' })).toBe(true);
    await waitFor('the queue to know', async () => (await queue.state(ERRAND_JOB, jobId)) === 'delayed');
    await queue.remove(ERRAND_JOB, jobId);
  });

  it('that several workers begin at once has as many runs of different names', async () => {
    const jobId = randomUUID();
    await insert(jobId);
    const begun = await Promise.all(Array.from({ length: 5 }, () => rows.begin(jobId)));
    expect(begun.map((row) => row?.runs).sort()).toEqual([1, 2, 3, 4, 5]);
    await rows.cancel(jobId);
  });

  it('that is cancelled while it runs is aborted and writes nothing', async () => {
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
    await jobs.cancel(kind, jobId);
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
    expect(await inState(await submit(), 'completed')).toMatchObject({
      attempt: 3,
      nextAttemptAt: null,
      lastErrorCode: null,
      answer: 'at last',
    });
  });

  it('that waits for another try says when that is and why, also while it is tried', async () => {
    const { promise: seen, resolve: goOn } = deferred();
    const states: (Errand | null)[] = [];
    jest.spyOn(rows, 'retry').mockImplementationOnce(async (run, error, at) => {
      const written = await ErrandRows.prototype.retry.call(rows, run, error, at);
      states.push(await rows.find(run.jobId));
      return written;
    });
    runner.work = async (run) => {
      if (run === 1) throw unavailable();
      await seen;
      return 'at last';
    };
    const jobId = await submit();
    await waitFor('the second run', () => runner.runs.length === 2);
    states.push(await rows.find(jobId));
    goOn();
    const why = { lastErrorCode: 'PDF_TIMEOUT', lastErrorMessage: 'too slow', errorCode: null };
    expect(states[0]).toMatchObject({
      status: 'queued',
      attempt: 1,
      nextAttemptAt: expect.any(Number),
      ...why,
    });
    expect(states[1]).toMatchObject({ status: 'active', attempt: 2, nextAttemptAt: null, ...why });
    await inState(jobId, 'completed');
  });

  it('that an outage cuts short comes again without losing an attempt', async () => {
    runner.work = (run) =>
      run <= 4 ? Promise.reject(new QueueUnavailableError()) : Promise.resolve('at last');
    const jobId = await submit();
    for (let outages = 1; outages <= 4; outages++) {
      await waitFor('the outage', async () => (await queue.state(ERRAND_JOB, jobId)) === 'delayed');
      expect(await rows.find(jobId)).toMatchObject({
        status: 'queued',
        attempt: 0,
        nextAttemptAt: expect.any(Number),
        lastErrorCode: 'QUEUE_UNAVAILABLE',
      });
      await promote(jobId);
      await waitFor('the next run', () => runner.runs.length === outages + 1);
    }
    expect(await inState(jobId, 'completed')).toMatchObject({ runs: 5, attempt: 1, answer: 'at last' });
  });

  it('that cannot be begun during an outage is begun after it', async () => {
    jest.spyOn(rows, 'begin').mockRejectedValueOnce(Object.assign(new Error('read'), { code: 'ECONNRESET' }));
    const jobId = await submit();
    await waitFor('the outage', async () => (await queue.state(ERRAND_JOB, jobId)) === 'delayed');
    await promote(jobId);
    expect(await inState(jobId, 'completed')).toMatchObject({ runs: 1, attempt: 1 });
  });

  it('whose result cannot be written during an outage keeps it until it can', async () => {
    jest
      .spyOn(rows, 'complete')
      .mockRejectedValueOnce(new DatabaseUnavailableError())
      .mockRejectedValueOnce(new DatabaseUnavailableError());
    expect(await inState(await submit(), 'completed')).toMatchObject({ runs: 1, answer: 'run 1' });
    expect(runner.runs).toHaveLength(1);
  });

  it('whose progress cannot be noted during an outage goes on', async () => {
    jest.spyOn(rows, 'reportProgress').mockRejectedValue(new DatabaseUnavailableError());
    runner.work = async (_run, { report }) => {
      await report(50);
      return 'undisturbed';
    };
    expect(await inState(await submit(), 'completed')).toMatchObject({ runs: 1, answer: 'undisturbed' });
  });

  it('that waits for another try is not brought before its time when the queue has lost it', async () => {
    const jobId = randomUUID();
    await insert(jobId);
    const run = await rows.begin(jobId);
    await rows.retry(run as Errand, { code: 'JOB_FAILED', message: 'no luck' }, Date.now() + 3_600_000);
    await forgetTouch(jobId);
    await jobs.sweep(kind);
    expect(await queue.state(ERRAND_JOB, jobId)).toBe('absent');
    await app.get(Database).query('UPDATE errand SET next_attempt_at = 1 WHERE job_id = ?', [jobId]);
    await jobs.sweep(kind);
    expect(await inState(jobId, 'completed')).toMatchObject({ attempt: 2, losses: 0 });
  });

  it('that does not stop when its time is over is settled without it', async () => {
    const jobId = randomUUID();
    await insert(jobId);
    const controller = new AbortController();
    const context = { jobId, signal: controller.signal, progress: () => undefined };
    const deaf = runJobRow(rows, jobId, context, () => {
      controller.abort(new JobTimeoutError(1_000));
      return new Promise(() => undefined);
    });
    await expect(deaf).rejects.toMatchObject({ name: 'JobRetryError', delayMs: ERRAND_JOB.retryDelaysMs[0] });
    expect(await rows.find(jobId)).toMatchObject({
      status: 'queued',
      attempt: 1,
      lastErrorCode: 'JOB_TIMED_OUT',
      lastErrorMessage: 'The job ran longer than 1 s',
    });
    await rows.cancel(jobId);
  });

  it.each([
    ['this process stops', new WorkerStoppingError()],
    ['its lock may have been given away', new JobLockLostError()],
  ])('that is cut short because %s waits as if it had not begun', async (_why, reason) => {
    const jobId = randomUUID();
    await insert(jobId);
    const controller = new AbortController();
    const context = { jobId, signal: controller.signal, progress: () => undefined };
    const cut = runJobRow(rows, jobId, context, () => {
      controller.abort(reason);
      return Promise.reject(new Error('cut short'));
    });
    await expect(cut).rejects.toBe(reason);
    expect(await rows.find(jobId)).toMatchObject({
      status: 'queued',
      runs: 1,
      attempt: 0,
      lastErrorCode: null,
    });
    await rows.cancel(jobId);
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
    ['lacks a part for too long', unavailable, 'PDF_TIMEOUT', /too slow/, 3],
  ])('that %s says so on its row', async (_what, error, errorCode, message, attempt) => {
    runner.work = () => Promise.reject(error());
    const row = await inState(await submit(), 'failed');
    expect(row).toMatchObject({ errorCode, attempt, lastErrorCode: errorCode, answer: null });
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

  it('that was accepted is not validated again when its key comes again, even while the queue is down', async () => {
    const jobId = await submit('key-2', { eq_id: 'REACTOR' });
    jest.spyOn(queue, 'ping').mockRejectedValue(new QueueUnavailableError());
    const prepare = jest.fn(() => Promise.reject(AppError.unprocessable('TOO_LATE', 'the world moved on')));
    const again = { prepare, idempotencyKey: 'key-2', request: { eq_id: 'REACTOR' } };
    expect(await jobs.submit(kind, again)).toBe(jobId);
    await expect(jobs.submit(kind, { ...again, request: {} })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(prepare).not.toHaveBeenCalled();
    await expect(jobs.submit(kind, { ...again, idempotencyKey: 'key-3' })).rejects.toMatchObject({
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
    await expect(jobs.cancel(kind, jobId)).rejects.toMatchObject({ code: 'JOB_FINISHED' });
    await expect(jobs.cancel(kind, randomUUID())).rejects.toMatchObject({ code: 'ERRAND_NOT_FOUND' });
  });
});

/** What may be better next time, but is no outage. */
function unavailable(): AppError {
  return new AppError({ kind: 'unavailable', code: 'PDF_TIMEOUT', message: 'too slow' });
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
