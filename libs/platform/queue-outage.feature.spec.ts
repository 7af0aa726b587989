import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { availableProfiles, TEST_REDIS_URL, waitFor } from '#testing';
import { configureLogging } from './logger.js';
import { FolderInUseError } from './pglite-folder-lock.js';
import { startQueueApp, type QueueApp, WORK_JOB, WorkHandler } from './queue-jobs.fixture.js';

configureLogging('silent', 'test');

const FIXTURE = fileURLToPath(new URL('./queue-process.fixture.js', import.meta.url));
const describeOnRedis = availableProfiles().includes('server') ? describe : describe.skip;
/** Lock of 1.5 s, a look for lost jobs every 0.5 s; twice that for a busy machine. */
const RECOVERY_MS = 4_000;

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

describeOnRedis('a job on Redis whose worker is killed', () => {
  it('is finished once by another worker within the lock time, without losing an attempt', async () => {
    const prefix = uniquePrefix();
    const jobId = randomUUID();
    const doomed = TestProcess.start(TEST_REDIS_URL, prefix, jobId);
    await doomed.line(`started ${jobId}`);
    await doomed.kill('SIGKILL');

    const app = await startQueueApp({ url: TEST_REDIS_URL, prefix, handlers: [WorkHandler] });
    const work = app.get(WorkHandler);
    await waitFor('the second start', () => work.started.length > 0, { timeoutMs: RECOVERY_MS });
    expect(work.started).toEqual([{ jobId, attempt: 1, at: expect.any(Number) }]);
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
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'queue-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps every accepted job when its process is killed, and runs the interrupted one at once', async () => {
    const ids = Array.from({ length: 20 }, () => randomUUID() as string);
    const doomed = TestProcess.start(`pglite:${folder}`, 'test', ...ids);
    await doomed.line(`started ${ids[0]}`);
    await doomed.line(`added ${ids[19]}`);
    await doomed.kill('SIGKILL');

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
    expect(work.started.map(({ attempt }) => attempt)).toEqual(ids.map(() => 1));
    await app.close();
  });

  it('refuses a second process and says why', async () => {
    const holder = TestProcess.start(`pglite:${folder}`, 'test');
    await holder.line('ready');
    await expect(startQueueApp({ url: `pglite:${folder}`, prefix: 'test' })).rejects.toThrow(
      FolderInUseError,
    );
    await holder.kill('SIGTERM');
    const app = await startQueueApp({ url: `pglite:${folder}`, prefix: 'test' });
    await app.close();
  });
});

describe.each([
  { transport: 'PGlite', url: 'pglite:memory' },
  ...(availableProfiles().includes('server') ? [{ transport: 'Redis', url: TEST_REDIS_URL }] : []),
])('a worker on $transport that is stopped', ({ url }) => {
  it('sends a job that does not finish in time back to the queue without taking an attempt', async () => {
    const prefix = uniquePrefix();
    const variables = { SHUTDOWN_TIMEOUT_S: '1' };
    const app = await startQueueApp({ url, prefix, handlers: [WorkHandler], variables });
    const work = app.get(WorkHandler);
    const jobId = randomUUID();
    await app.queue.add(WORK_JOB, { task: 'wait-for-abort' }, { jobId });
    await waitFor('start', () => work.started.length === 1);
    const start = Date.now();
    await app.close();
    expect(Date.now() - start).toBeLessThan(3_000);
    expect(work.aborted).toEqual([{ jobId, reason: 'WorkerStoppingError' }]);
    expect(work.failed).toEqual([]);
    if (url === 'pglite:memory') return;

    const next = await startQueueApp({ url, prefix, handlers: [WorkHandler], variables });
    await waitFor('the next worker', () => next.get(WorkHandler).started.length === 1, { timeoutMs: 2_000 });
    expect(next.get(WorkHandler).started[0]).toMatchObject({ jobId, attempt: 1 });
    await next.forgetAndClose();
  });
});

describeOnRedis('while Redis is out of reach', () => {
  let proxy: RedisProxy;
  let app: QueueApp;

  beforeAll(async () => {
    proxy = await RedisProxy.listen();
    await proxy.close();
    app = await startQueueApp({ url: proxy.url, prefix: uniquePrefix(), handlers: [WorkHandler] });
  });
  afterAll(async () => {
    await app.forgetAndClose();
    await proxy.close();
  });

  const add = (jobId: string): Promise<void> => app.queue.add(WORK_JOB, { task: 'succeed' }, { jobId });
  const addAndRun = async (): Promise<boolean> => {
    const jobId = randomUUID();
    await add(jobId);
    return waitFor('the run', () => app.get(WorkHandler).finished.includes(jobId));
  };
  const reachable = (): Promise<number> => waitFor('Redis', () => app.queue.ping().catch(() => undefined));

  it('the process starts, and submitting fails fast with a code until Redis is there', async () => {
    const start = Date.now();
    await expect(add(randomUUID())).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(Date.now() - start).toBeLessThan(100);
    await proxy.open();
    await reachable();
    expect(await addAndRun()).toBe(true);
  });

  it('a lost connection is noticed at once and made again', async () => {
    await proxy.close();
    await waitFor(
      'the loss',
      () =>
        add(randomUUID()).then(
          () => false,
          () => true,
        ),
      { timeoutMs: 2_000 },
    );
    await proxy.open();
    await reachable();
    expect(await addAndRun()).toBe(true);
  });

  it('a silent server is given up after 2 s', async () => {
    proxy.silence(true);
    const start = Date.now();
    await expect(add(randomUUID())).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(Date.now() - start).toBeGreaterThanOrEqual(1_990);
    expect(Date.now() - start).toBeLessThan(2_500);
    proxy.silence(false);
  });

  it('a connection that stays silent is made anew', async () => {
    proxy.silence(true);
    await reachable();
    expect(await addAndRun()).toBe(true);
  });
});

/** Stands between the product and Redis, and can be cut or fall silent. */
class RedisProxy {
  private readonly sockets = new Set<Socket>();
  private readonly target = new URL(TEST_REDIS_URL);
  private server: Server | undefined;
  private port = 0;

  static async listen(): Promise<RedisProxy> {
    const proxy = new RedisProxy();
    await proxy.open();
    return proxy;
  }

  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.toString();
  }

  async open(): Promise<void> {
    const server = createServer((client) => this.connect(client));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as { port: number }).port;
    this.server = server;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(undefined)));
    this.server = undefined;
  }

  /** Connections stay open, but nothing comes through for a while. */
  silence(silent: boolean): void {
    for (const socket of this.sockets) {
      if (silent) socket.pause();
      else socket.resume();
    }
  }

  private connect(client: Socket): void {
    const upstream = createConnection(Number(this.target.port || 6379), this.target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      this.sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => undefined);
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}
