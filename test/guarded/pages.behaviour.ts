import { beforeAll, describe, expect, it } from '#jest';
import type { Page } from 'puppeteer-core';
import { openPage } from '../harness/browser.js';
import { type GuardedProduct, KEYS } from './product.js';

const ADMIN = KEYS.admin;

export function describePages(product: () => GuardedProduct): void {
  describe('the pages of the product in a browser', () => pages(product));
}

function pages(product: () => GuardedProduct): void {
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    page = await openPage(product().browser);
    await page.authenticate({ username: 'chief', password: ADMIN.secret });
    complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // The board asks a font service for its letters; our policy keeps every page from calling other servers.
      const isFont = message.text().includes("'https://fonts.googleapis.com/");
      if (message.type() === 'error' && !isFont) complaints.push(message.text());
    });
  });

  const text = (): Promise<string> => page.evaluate('document.body.innerText') as Promise<string>;

  it('/ shows the dashboard, which asks for the key and keeps it to itself, under a policy of its own', async () => {
    const answer = await fetch(`${product().url}/`);
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self';style-src 'self'");
    expect((await fetch(`${product().url}/assets/none.js`)).status).toBe(404);
    const own = await openPage(product().browser);
    const policy: string[] = [];
    own.on(
      'console',
      (message) => message.text().includes('Content Security Policy') && policy.push(message.text()),
    );
    await own.goto(`${product().url}/?lang=en`, { waitUntil: 'load' });
    await own.waitForFunction('/An API key is needed/.test(document.body.innerText)');
    await own.locator('a[href="#/admin"]').click();
    await own.locator('input[type=password]').fill(ADMIN.secret);
    await own.keyboard.press('Enter');
    await own.waitForFunction('/Signed in with a key/.test(document.body.innerText)');
    await own.waitForFunction('/Database[^]*works/.test(document.body.innerText)');
    for (const view of [
      'plant',
      'trends',
      'alarms',
      'incidents',
      'predictions',
      'reports',
      'kpis',
      'lots',
      'models',
    ]) {
      await own.locator(`nav a[href="#/${view}"]`).click();
      await own.waitForFunction(
        `/\\S/.test(document.querySelector('main').innerText) && !document.querySelector('main .problem')`,
      );
    }
    expect(
      await own.evaluate('location.href + JSON.stringify(localStorage) + document.cookie'),
    ).not.toContain(ADMIN.secret);
    expect(policy).toEqual([]);
    await own.browserContext().close();
  });

  it('/docs shows every part of the API and tries it out', async () => {
    await page.goto(`${product().url}/docs`, { waitUntil: 'load' });
    await page.waitForSelector('.opblock-tag-section');
    const shown = await text();
    for (const tag of [
      'Equipment',
      'Lot',
      'Timeseries',
      'KPI',
      'Anomal',
      'Prediction',
      'Report',
      'Health',
      'Plant',
    ])
      expect(shown).toContain(tag);
    await page.click('#operations-tag-Health h3, #operations-tag-Health');
    await page.waitForSelector('[id*="Liveness"] .opblock-summary');
    await page.click('[id*="Liveness"] .opblock-summary-control');
    await (await page.waitForSelector('.try-out__btn'))?.click();
    await (await page.waitForSelector('button.execute'))?.click();
    await page.waitForSelector('.live-responses-table .response-col_status');
    expect(await page.evaluate(`document.querySelector('.live-responses-table').textContent`)).toContain(
      '"up"',
    );
    expect(complaints).toEqual([]);
  });

  it('/admin/queues shows the queues to whoever knows the key', async () => {
    await page.goto(`${product().url}/admin/queues`, { waitUntil: 'load' });
    await page.waitForFunction('/prediction[^]*report/i.test(document.body.innerText)');
    expect(await page.title()).toContain('TEP queues');
    await page.goto(`${product().url}/admin/queues/queue/prediction`, { waitUntil: 'load' });
    await page.waitForFunction('/completed/i.test(document.body.innerText)');
    expect(complaints).toEqual([]);
  });
}
