import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '#jest';
import { runDemo } from './demo.command.js';
import { ScriptedProduct } from '../../../test/factories/demo.fixture.js';

const INJECT = 'POST /plant/disturbances';
const REMOVE = 'DELETE /plant/disturbances/6';
const RESTART = 'POST /plant/restart';

describe('the demonstration', () => {
  let product: ScriptedProduct;
  let out: string;
  let said: string[];
  let shown: string[];

  beforeEach(async () => {
    product = await ScriptedProduct.start();
    out = await mkdtemp(join(tmpdir(), 'tep-demo-spec-'));
    said = [];
    shown = [];
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => shown.push(String(text)) > 0);
    jest.spyOn(console, 'log').mockImplementation((line: unknown) => void said.push(String(line)));
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    product.stop();
    await rm(out, { recursive: true });
  });

  const demo = (signal = new AbortController().signal): Promise<void> =>
    runDemo({ url: product.url, idv: '6', lang: 'en', out }, signal);
  const plantCommands = (): string[] => product.commands.filter((command) => command.includes('/plant/'));

  it('disturbs the plant, shows what is found, saves the report and takes the disturbance away', async () => {
    await demo();
    expect(plantCommands()).toEqual([INJECT, REMOVE]);
    expect((await readFile(join(out, 'demo.pdf'))).toString()).toBe('%PDF-');
    expect(said.join('\n')).toContain('Detected by cva after 1 plant minutes');
    expect(said.join('\n')).toContain(
      'Incident 3, 5 anomalies so far. It first showed in A feed (XMEAS_01).',
    );
    expect(said.join('\n')).toContain('99.4 %  A feed loss\n  Check the supply of A.');
  });

  it('restarts a plant that an earlier one has tripped, and says so', async () => {
    product.state = 'shutdown';
    await demo();
    expect(plantCommands()).toEqual([RESTART, INJECT, REMOVE]);
    expect(said.join('\n')).toContain(
      'The plant tripped at 2026-03-01T00:00:00.000Z plant time: pressure above its limit',
    );
  });

  it('restarts and disturbs anew a plant that trips before the detectors notice', async () => {
    product.detects = false;
    jest.spyOn(console, 'log').mockImplementation((line: unknown) => {
      if (!String(line).startsWith('Waiting for the detectors') || product.detects) return;
      product.state = 'shutdown';
      product.detects = true;
      product.idv = null;
    });
    await demo();
    expect(plantCommands()).toEqual([INJECT, RESTART, INJECT, REMOVE]);
  });

  it('uses and removes the disturbance an interrupted one has left on', async () => {
    product.disturb(6);
    await demo();
    expect(plantCommands()).toEqual([REMOVE]);
  });

  it('gives a disturbance that nobody notices six hours of plant time, not of wall time', async () => {
    product.detects = false;
    await expect(demo()).rejects.toThrow('No detector has noticed IDV 6 within 6 h of plant time');
    expect(plantCommands()).toEqual([INJECT, REMOVE]);
  });

  it('removes the disturbance when it is interrupted', async () => {
    const interrupted = new AbortController();
    product.reportStates = [{ status: 'active', progress: 40 }];
    const running = demo(interrupted.signal);
    while (!product.commands.includes('GET /reports/1'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    interrupted.abort(new Error('interrupted'));
    await expect(running).rejects.toThrow();
    expect(plantCommands()).toEqual([INJECT, REMOVE]);
  });

  it('outwaits a product that cannot answer now, and asks for each job once', async () => {
    const busy = { status: 503, code: 'DATABASE_BUSY' };
    product.refusals.push(busy, busy, { status: 507, code: 'STORAGE_FULL' });
    await demo();
    expect(product.commands.filter((command) => command === 'POST /reports')).toHaveLength(1);
    expect(said.join('\n')).toContain('not now (503 DATABASE_BUSY)');
  });

  it('reports each attempt at a job instead of letting its bar run backwards', async () => {
    const last_error = { code: 'PDF_TIMEOUT', message: 'The browser made no progress' };
    const next_attempt_at = new Date(Date.now() + 20_000).toISOString();
    const second = { status: 'active', progress: 10, attempt: 2, max_attempts: 3, last_error };
    product.reportStates = [
      { status: 'active', progress: 40, attempt: 1, max_attempts: 3 },
      { status: 'queued', progress: 0, attempt: 1, max_attempts: 3, next_attempt_at, last_error },
      second,
      { ...second, status: 'completed', progress: 100 },
    ];
    await demo();
    expect(said.join('\n')).toMatch(
      /Attempt 1 of 3 did not succeed \(PDF_TIMEOUT: The browser made no progress\); the next attempt begins in \d+ s\./,
    );
    expect(shown.join('').match(/report.*\[/g)).toContain('report, attempt 2 of 3 [');
  });
});
