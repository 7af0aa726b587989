import { readFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { afterEach, expect, it } from '#jest';
import { AppError, configureLogging } from '#platform';
import { browserProcesses } from '../../../test/factories/browser-processes.fixture.js';
import { PrintThread } from './print-thread.js';
import type { PrintThreadOptions } from './print.worker.js';

configureLogging('silent', 'test');

const HTML = '<!doctype html><p>one page</p>';
const never = new AbortController().signal;
const threads: PrintThread[] = [];

function aThread(options: PrintThreadOptions = {}): PrintThread {
  const thread = new PrintThread(options);
  threads.push(thread);
  return thread;
}

/** Of its autogroup, where the kernel has such; else of the process. */
async function nicenessOf(pid: number): Promise<number> {
  const autogroup = await readFile(`/proc/${pid}/autogroup`, 'utf8').catch(() => '');
  return Number(/nice (-?\d+)/.exec(autogroup)?.[1] ?? getPriority(pid));
}

afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.close()));
  expect(await browserProcesses()).toEqual([]);
});

it('prints side by side, forgets what was cancelled, and its browser gives way to whoever answers requests', async () => {
  const thread = aThread({ givesWay: true });
  const cancel = new AbortController();
  const cancelled = thread.print(HTML, cancel.signal);
  const printed = [thread.print(HTML, never), thread.print(HTML, never)];
  cancel.abort(new Error('cancelled by its owner'));
  await expect(cancelled).rejects.toThrow('cancelled by its owner');
  for (const { content, pages } of await Promise.all(printed)) {
    expect(Buffer.from(content.subarray(0, 5)).toString()).toBe('%PDF-');
    expect(pages).toBe(1);
  }
  const [browser] = await browserProcesses();
  const niceness = await nicenessOf(browser);
  expect(niceness).toBeGreaterThan(0);
  expect(niceness).toBeLessThanOrEqual(5);
});

it('prints like any other program where no requests are answered', async () => {
  await aThread().print(HTML, never);
  const [browser] = await browserProcesses();
  expect(await nicenessOf(browser)).toBe(0);
});

it('passes on what keeps a document from being printed, and prints nothing once closed', async () => {
  const printing = aThread({ chromiumPath: '/nowhere/chromium' }).print(HTML, never);
  await expect(printing).rejects.toBeInstanceOf(AppError);
  await expect(printing).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'PDF_BROWSER_FAILED',
    message: expect.stringContaining('CHROMIUM_PATH'),
  });
  const closed = aThread();
  await closed.close();
  await expect(closed.print(HTML, never)).rejects.toMatchObject({ code: 'PDF_PRINTER_CLOSED' });
});
