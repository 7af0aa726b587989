import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import type { Browser, Page } from 'puppeteer-core';
import { openBrowser } from './harness/browser.js';
import { waitFor } from './harness/index.js';

interface Job {
  job_id: string;
  status: string;
  attempt: number;
  max_attempts: number;
  error: { code: string } | null;
  last_error: { code: string } | null;
}

/** Without it no prediction can be made, and the first try says so for good. */
const NEEDED_MODEL = 'diagnosis_lstm';

/** A running product with queue board that has enough history to predict from, and a copy of the models that may be touched. */
export interface ProductWithBoard {
  url: string;
  modelsFolder: string;
}

export function describeQueueBoard(product: () => ProductWithBoard): void {
  describe('what people do on the queue board', () => queueBoard(product));
}

function queueBoard(product: () => ProductWithBoard): void {
  let folder: string;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tep-board-'));
    ({ browser, page } = await openBrowser(join(folder, 'browser')));
  });

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  function call(method: string, path: string, body?: string): Promise<Response> {
    return fetch(`${product().url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body ?? null,
    });
  }

  async function read(jobId: string): Promise<Job> {
    return (await (await call('GET', `/predictions/${jobId}`)).json()) as Job;
  }

  function inStatus(jobId: string, status: string): Promise<Job> {
    return waitFor(`the prediction to be ${status}`, async () => {
      const job = await read(jobId);
      return job.status === status && job;
    });
  }

  async function ask(): Promise<string> {
    const answer = await call('POST', '/predictions', JSON.stringify({ eq_id: 'REACTOR', horizon_steps: 2 }));
    expect(answer.status).toBe(202);
    return ((await answer.json()) as Job).job_id;
  }

  async function failing(count: number): Promise<string[]> {
    const there = join(product().modelsFolder, NEEDED_MODEL);
    const away = join(folder, NEEDED_MODEL);
    await rename(there, away);
    const ids = await Promise.all(Array.from({ length: count }, () => ask()));
    for (const id of ids) expect(await inStatus(id, 'failed')).toMatchObject({ attempt: 1, max_attempts: 3 });
    await rename(away, there);
    return ids;
  }

  /** Opens a list of the board once it shows the job. */
  async function open(status: string, jobId: string): Promise<void> {
    await page.goto(`${product().url}/admin/queues/queue/prediction?status=${status}`, { waitUntil: 'load' });
    await page.waitForFunction(`document.body.innerText.includes('${jobId}')`);
  }

  /** Clicks a button of a job, which have icons only, or one with words, and says yes. */
  async function click(icon: string, words = ''): Promise<void> {
    const found = `[...document.querySelectorAll('button:has(svg.lucide-${icon})')].find((each) => each.innerText.trim() === '${words}')`;
    await page.waitForFunction(`${found} !== undefined`);
    await page.evaluate(`${found}.click()`);
    const confirm = `[...document.querySelectorAll('[role=alertdialog] button')].find((each) => each.innerText === 'Confirm')`;
    await page.waitForFunction(`${confirm} !== undefined`);
    await page.evaluate(`${confirm}.click()`);
  }

  it('retry has a failed job done once more, with its history kept', async () => {
    const [jobId] = await failing(1);
    await open('failed', jobId);
    await click('refresh-cw');
    expect(await inStatus(jobId, 'completed')).toMatchObject({ attempt: 2, max_attempts: 4, error: null });
  });

  it('retry all does so with all of them', async () => {
    const ids = await failing(2);
    await open('failed', ids[0]);
    await click('refresh-cw', 'Retry all');
    for (const id of ids) expect(await inStatus(id, 'completed')).toMatchObject({ attempt: 2 });
  });

  it('remove cancels a job that waits, and leaves finished ones their history', async () => {
    const finished = await ask();
    await inStatus(finished, 'completed');
    expect((await board('PUT', 'prediction/pause')).status).toBe(200);
    const waiting = await ask();
    await open('waiting', waiting);
    await click('trash-2');
    await inStatus(waiting, 'cancelled');
    expect((await board('PUT', 'prediction/resume')).status).toBe(200);
    const refused = await board('PUT', `prediction/${finished}/clean`);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ message: expect.stringContaining('completed') });
    expect(await read(finished)).toMatchObject({ status: 'completed' });
  });

  it('what would go behind the back of the rows is not offered', async () => {
    for (const [method, path] of [
      ['PUT', 'prediction/obliterate'],
      ['PUT', 'prediction/empty'],
      ['PUT', 'prediction/clean/completed'],
      ['PUT', 'prediction/retry/completed'],
      ['POST', 'prediction/add'],
    ]) {
      const answer = await board(method, path);
      expect([path, answer.status]).toEqual([path, 409]);
      expect(await answer.json()).toMatchObject({ code: 'NOT_OFFERED' });
    }
  });

  function board(method: string, path: string): Promise<Response> {
    return fetch(`${product().url}/admin/queues/api/queues/${path}`, { method });
  }
}
