import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '#jest';
import type { Page } from 'puppeteer-core';
import { projectPath } from '#platform';
import { openPage } from '../harness/browser.js';
import { type GuardedProduct, KEYS, OTHER_HOST, PANEL_HOST } from './product.js';

interface Seen {
  status: number;
  headers: Record<string, string>;
  body: { code?: string; [member: string]: unknown };
}

const OPERATOR = KEYS.operator;

export function describeOtherOrigins(product: () => GuardedProduct): void {
  describe('a dashboard of another origin in a browser', () => otherOrigins(product));
}

function otherOrigins(product: () => GuardedProduct): void {
  let page: Page;

  beforeAll(async () => {
    page = await openPage(product().browser);
    await page.goto(`${product().origin(PANEL_HOST)}/`);
  });

  /** What a script of the page sees of an answer. */
  async function seen(method: string, path: string, headers = {}, body?: string): Promise<Seen> {
    const call = { url: `${product().url}/api/v1${path}`, init: { method, headers, body } };
    return (await page.evaluate(`(async ({ url, init }) => {
      const answer = await fetch(url, init);
      const text = await answer.text();
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body: text === '' ? {} : JSON.parse(text) };
    })(${JSON.stringify(call)})`)) as Seen;
  }

  const key = { 'X-API-Key': OPERATOR.secret };
  const json = { ...key, 'Content-Type': 'application/json' };

  it('reads with its key, and reads why it may not without', async () => {
    expect(
      await seen('GET', '/equipment', { ...key, 'If-None-Match': '"1"', 'Last-Event-ID': '7' }),
    ).toMatchObject({
      status: 200,
      body: { items: expect.anything() },
    });
    expect(await seen('GET', '/equipment', { Authorization: `Bearer ${OPERATOR.secret}` })).toMatchObject({
      status: 200,
    });
    expect(await seen('GET', '/equipment')).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
  });

  it('writes, and finds in the headers where the new thing is and which version', async () => {
    const lot = JSON.stringify({ lot_no: 'PANEL-1', started_at: '2026-03-01T08:00:00Z' });
    const made = await seen('POST', '/lots', { ...json, 'Idempotency-Key': 'a' }, lot);
    expect(made).toMatchObject({ status: 201, headers: { etag: '"1"' } });
    const path = made.headers.location.replace('/api/v1', '');
    const changed = await seen('PATCH', path, { ...json, 'If-Match': '"1"' }, '{"note":"from the panel"}');
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
  });

  it('reads refusals, early ones too', async () => {
    expect(await seen('GET', '/lots/999999', key)).toMatchObject({
      status: 404,
      body: { code: 'LOT_NOT_FOUND' },
    });
    const large = JSON.stringify({ note: 'x'.repeat(2_000_000) });
    expect(await seen('POST', '/lots', json, large)).toMatchObject({
      status: 413,
      body: { code: 'BODY_TOO_LARGE' },
    });
    expect(await seen('POST', '/lots', { ...key, 'Content-Type': 'text/csv' }, 'a,b')).toMatchObject({
      status: 415,
    });
  });

  it('follows events with the function of docs/api.md', async () => {
    const guide = await readFile(projectPath('docs', 'api.md'), 'utf8');
    const follow = /^```js\n(async function follow.*?)^```/ms.exec(guide)?.[1] ?? '';
    const api = `${product().url}/api/v1`;
    const lot = { lot_no: 'PANEL-2', started_at: '2026-02-01T08:00:00Z', ended_at: '2026-02-01T09:00:00Z' };
    const post = { method: 'POST', headers: json, body: JSON.stringify(lot) };
    const event = await page.evaluate(`new Promise((resolve) => {
      ${follow}
      follow('${api}/events?types=lots', ${JSON.stringify(key)}, (event, data) => {
        if (event === 'hello') fetch('${api}/lots', ${JSON.stringify(post)});
        if (event === 'lots') resolve(data);
      });
    })`);
    expect(event).toMatchObject({ lot_no: 'PANEL-2', status: 'closed' });
  });

  it('is kept out where its origin is not listed', async () => {
    await page.goto(`${product().origin(OTHER_HOST)}/`);
    await expect(seen('GET', '/equipment', key)).rejects.toThrow('Failed to fetch');
    await expect(seen('GET', '/health/live')).rejects.toThrow('Failed to fetch');
    await page.goto(`${product().origin(PANEL_HOST)}/`);
    expect(await seen('GET', '/health/live')).toMatchObject({ status: 200 });
  });
}
