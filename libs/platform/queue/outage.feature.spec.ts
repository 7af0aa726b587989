import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import {
  availableProfiles,
  describeOnServer,
  describeWithPrograms,
  OwnRedis,
  TcpProxy,
  TEST_REDIS_URL,
  waitFor,
} from '#testing';
import { HealthIndicators, type HealthReading } from '../observability/health-indicators.js';
import { configureLogging } from '../observability/logger.js';
import { FolderInUseError } from './pglite/folder-lock.js';
import {
  startQueueApp,
  type QueueApp,
  WORK_JOB,
  WorkHandler,
} from '../../../test/factories/queue-jobs.fixture.js';

configureLogging('silent', 'test');

const FIXTURE = fileURLToPath(new URL('../../../test/factories/queue-process.fixture.js', import.meta.url));
/** What is promised: whatever the connections went through, all is well so long after Redis is. */
const BACK_MS = 15_000;
/** Whatever keeps jobs from being queued shows so soon. */
const SHOWN_WITHIN_MS = 10_000;

/** A process of the product, as a test sees it: its lines so far. */
class TestProcess {
  readonly exited: Promise<unknown>;
  private output = '';

  constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.exited = new Promise((resolve) => child.once('exit', resolve));
  }

  static start(url: string, prefix: string, ...jobIds: string[]): TestProcess {
    return new TestProcess(
      spawn(process.execPath, [FIXTURE, url, prefix, ...jobIds], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
  }

  line(text: string): Promise<true> {
    return waitFor(`"${text}" from the process`, () => this.output.includes(text), {
      timeoutMs: 30_000,
      intervalMs: 20,
    });
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await this.exited;
  }
}

const uniquePrefix = (): string => `test-${randomUUID().slice(0, 8)}`;

describeOnServer('a job on Redis whose worker is killed', () => {
  it('is taken over by another worker once its lock has lapsed', async () => {
    const prefix = uniquePrefix();
    const jobId = randomUUID();
    const doomed = TestProcess.start(TEST_REDIS_URL, prefix, jobId);
    await doomed.line(`started ${jobId}`);
    await doomed.kill('SIGKILL');

    const app = await startQueueApp({ url: TEST_REDIS_URL, prefix, handlers: [WorkHandler] });
    const work = app.get(WorkHandler);
    await waitFor('the second start', () => work.started.length > 0);
    expect(work.started).toEqual([{ jobId, at: expect.any(Number) }]);
    await app.queue.cancel(WORK_JOB, jobId);
    await app.forgetAndClose();
  });

  it('is cancelled from another process', async () => {
    const prefix = uniquePrefix();
    const jobId = randomUUID();
    const worker = TestProcess.start(TEST_REDIS_URL, prefix, jobId);
    await worker.line(`started ${jobId}`);
    const app = await startQueueApp({ url: TEST_REDIS_URL, prefix });
    expect(await app.queue.cancel(WORK_JOB, jobId)).toBe('signalled');
    await worker.line(`aborted ${jobId} JobCancelledError`);
    await waitFor('the end', async () => (await app.queue.state(WORK_JOB, jobId)) === 'failed');
    await worker.kill('SIGTERM');
    await app.forgetAndClose();
  });
});

describe('a PGlite folder', () => {
  const ids = Array.from({ length: 20 }, () => randomUUID() as string);
  let folder: string;
  let holder: TestProcess;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'queue-'));
    holder = TestProcess.start(`pglite:${folder}`, 'test', ...ids);
    await holder.line(`started ${ids[0]}`);
    await holder.line(`added ${ids[19]}`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('refuses a second process and says why', async () => {
    await expect(startQueueApp({ url: `pglite:${folder}`, prefix: 'test' })).rejects.toThrow(
      FolderInUseError,
    );
  });

  it('keeps every accepted job when its process is killed, and runs the interrupted one at once', async () => {
    await holder.kill('SIGKILL');
    const app = await startQueueApp({ url: `pglite:${folder}`, prefix: 'test', handlers: [WorkHandler] });
    const work = app.get(WorkHandler);
    const running = new Set<string>();
    await waitFor('every job to have run', async () => {
      for (const { jobId } of work.started) {
        if (running.has(jobId)) continue;
        running.add(jobId);
        await app.queue.cancel(WORK_JOB, jobId);
      }
      return running.size === ids.length;
    });
    expect(running).toEqual(new Set(ids));
    expect(work.started.map(({ jobId }) => jobId).sort()).toEqual([...ids].sort());
    await app.close();
  });
});

describe.each([
  { transport: 'PGlite', url: 'pglite:memory' },
  ...(availableProfiles().includes('server') ? [{ transport: 'Redis', url: TEST_REDIS_URL }] : []),
])('a worker on $transport that is stopped', ({ url }) => {
  it('sends a job that does not finish in time back to the queue, which brings it at once', async () => {
    const prefix = uniquePrefix();
    const variables = { SHUTDOWN_TIMEOUT_S: '1' };
    const app = await startQueueApp({ url, prefix, handlers: [WorkHandler], variables });
    const work = app.get(WorkHandler);
    const jobId = randomUUID();
    await app.queue.add(WORK_JOB, { task: 'wait-for-abort' }, { jobId });
    await waitFor('start', () => work.started.length === 1);
    await app.close();
    expect(work.aborted).toEqual([{ jobId, reason: 'WorkerStoppingError' }]);
    if (url === 'pglite:memory') return;

    const next = await startQueueApp({ url, prefix, handlers: [WorkHandler], variables });
    await waitFor('the next worker', () => next.get(WorkHandler).started.length === 1);
    expect(next.get(WorkHandler).started[0]).toMatchObject({ jobId });
    await next.forgetAndClose();
  });
});

describeOnServer('while Redis is out of reach', () => {
  let proxy: TcpProxy;
  let app: QueueApp;

  beforeAll(async () => {
    proxy = await TcpProxy.listen(TEST_REDIS_URL);
    await proxy.refuse();
    app = await startQueueApp({ url: proxy.url, prefix: uniquePrefix(), handlers: [WorkHandler] });
  });
  afterAll(async () => {
    await app.forgetAndClose();
    await proxy.close();
  });

  const add = (jobId: string): Promise<void> => app.queue.add(WORK_JOB, { task: 'succeed' }, { jobId });
  /** What is promised once Redis is well: the queue answers and its workers work. */
  const isBackInTime = async (): Promise<boolean> => {
    const end = Date.now() + BACK_MS;
    await waitFor('Redis', () => app.queue.ping().catch(() => undefined), { timeoutMs: BACK_MS });
    const jobId = randomUUID();
    await add(jobId);
    return waitFor('the run', () => app.get(WorkHandler).finished.includes(jobId), {
      timeoutMs: end - Date.now(),
    });
  };

  it('the process starts, and submitting is refused with a code until Redis is there', async () => {
    await expect(add(randomUUID())).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    await proxy.accept();
    expect(await isBackInTime()).toBe(true);
  });

  it('a lost connection is noticed and made again', async () => {
    await proxy.refuse();
    await waitFor('the loss', () =>
      add(randomUUID()).then(
        () => false,
        () => true,
      ),
    );
    await proxy.accept();
    expect(await isBackInTime()).toBe(true);
  });

  it('a silent server is given up within seconds, and its connections are made anew', async () => {
    proxy.silence();
    const silentSince = Date.now();
    await expect(add(randomUUID())).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(Date.now() - silentSince).toBeLessThan(BACK_MS);
    proxy.pass();
    expect(await isBackInTime()).toBe(true);
  });

  it('a server that falls silent while it is connected to anew is not waited for', async () => {
    const before = proxy.accepted;
    proxy.silence();
    proxy.cut();
    // The shared connection and the one of the worker that blocks are both in a handshake that nobody answers.
    await waitFor('the handshakes', () => proxy.accepted >= before + 2);
    proxy.pass();
    expect(await isBackInTime()).toBe(true);
  });

  it('the process stops in time', async () => {
    const variables = { SHUTDOWN_TIMEOUT_S: '1' };
    const own = await startQueueApp({
      url: proxy.url,
      prefix: uniquePrefix(),
      handlers: [WorkHandler],
      variables,
    });
    await own.queue.add(WORK_JOB, { task: 'wait-for-abort' }, { jobId: randomUUID() });
    await waitFor('start', () => own.get(WorkHandler).started.length === 1);
    proxy.silence();
    const start = Date.now();
    await own.close();
    // A second at most, to which come those that a job, a connection and the last word to the server are given.
    expect(Date.now() - start).toBeLessThan(BACK_MS);
    expect(own.get(WorkHandler).aborted).toMatchObject([{ reason: 'WorkerStoppingError' }]);
    proxy.pass();
    expect(await isBackInTime()).toBe(true);
  });
});

describeWithPrograms(['redis-server'], 'a Redis that became a read-only replica', () => {
  it('answers pings, and is down for as long as nothing can be queued', async () => {
    const [master, redis] = await Promise.all([OwnRedis.start(), OwnRedis.start()]);
    const app = await startQueueApp({ url: redis.url, prefix: uniquePrefix() });
    const health = async (): Promise<HealthReading> => (await app.get(HealthIndicators).read()).queue;
    try {
      expect(await health()).toMatchObject({ status: 'up' });
      await redis.run('REPLICAOF', '127.0.0.1', String(master.port));
      await waitFor('the queue to be down', async () => (await health()).status === 'down', {
        timeoutMs: SHOWN_WITHIN_MS,
      });
      expect(await health()).toMatchObject({ reason: expect.stringContaining('READONLY') });
      await redis.run('REPLICAOF', 'NO', 'ONE');
      await waitFor('the queue to be up again', async () => (await health()).status === 'up', {
        timeoutMs: SHOWN_WITHIN_MS,
      });
    } finally {
      await app.close();
      await Promise.all([master.drop(), redis.drop()]);
    }
  });
});
