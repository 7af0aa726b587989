import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '#jest';
import { OutOfPatienceError, withPatience } from './patience.js';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const never = new Promise<never>(() => undefined);

/** Answers after some time from outside this thread, as a server would. */
function answerFromOutside(ms: number): Promise<unknown> {
  const code = `const { parentPort } = require('node:worker_threads');
    parentPort.postMessage('ready');
    setTimeout(() => parentPort.postMessage('answer'), ${ms});`;
  const worker = new Worker(code, { eval: true });
  return new Promise((ready) =>
    worker.once('message', () =>
      ready({ answer: new Promise((resolve) => worker.once('message', resolve)) }),
    ),
  );
}

/** Keeps this thread from doing anything else. */
function starve(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('patience', () => {
  it('ends with silence', async () => {
    await expect(withPatience(100, never)).rejects.toThrow(OutOfPatienceError);
  });

  it('passes on what came of the work', async () => {
    expect(await withPatience(1_000, Promise.resolve('done'))).toBe('done');
    await expect(withPatience(1_000, Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  });

  it('begins anew with every sign of life', async () => {
    let signs = 0;
    const beating = setInterval(() => signs++, 20);
    const slow = sleep(1_000).then(() => 'late');
    expect(await withPatience(300, slow, () => signs)).toBe('late');
    clearInterval(beating);
    await expect(withPatience(300, never, () => signs)).rejects.toThrow(OutOfPatienceError);
  });

  it('does not take the starvation of its own process for the silence of another', async () => {
    const { answer } = (await answerFromOutside(50)) as { answer: Promise<unknown> };
    const patient = withPatience(200, answer);
    starve(600);
    expect(await patient).toBe('answer');
  });
});
