import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '#jest';
import type { HTTPRequest } from 'puppeteer-core';
import { waitFor } from '../harness/index.js';
import { axeViolations } from './axe.js';
import { Dashboard, VIEWS } from './dashboard.js';

const LOOKS = (['en', 'ko'] as const).flatMap((lang) =>
  (['light', 'dark'] as const).map((theme) => ({ lang, theme })),
);

/** One product for all of this file: its starts are what takes longest. */
let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await Dashboard.open({ PLANT_TIME_ZONE: 'Asia/Seoul' });
  await dashboard.send('POST', '/plant/disturbances', { idv: 6 });
  await dashboard.send('POST', '/predictions', { eq_id: 'REACTOR' });
  await dashboard.send('POST', '/reports', { type: 'daily' });
  await dashboard.show('plant');
  await dashboard.says(/1 open incident/);
  // it stands still while it is looked at, so that it does not trip
  await dashboard.send('PATCH', '/plant', { paused: true });
});
afterAll(() => dashboard.close());
beforeEach(() => void (dashboard.complaints.length = 0));

describe('every view of the dashboard', () => {
  const fits = async (width: number): Promise<boolean> =>
    Number(await dashboard.page.evaluate('document.documentElement.scrollWidth')) <= width;
  const hashOf = (view: string): string => (view === 'trends' ? 'trends?tags=XMEAS_01,XMV_03' : view);

  it.each(VIEWS)(
    '%s: axe finds nothing, the console says nothing, in both languages, light and dark; it fits a telephone and a wall of 4K',
    async (view) => {
      await dashboard.show(hashOf(view));
      await dashboard.settles();
      for (const look of LOOKS) {
        await dashboard.turn(look);
        expect({ look, violations: await axeViolations(dashboard.page) }).toEqual({ look, violations: [] });
      }
      for (const [width, height] of [
        [390, 844],
        [3840, 2160],
      ]) {
        await dashboard.page.setViewport({ width, height });
        // charts follow the size of the page a moment later
        await waitFor(`${view} to fit ${width} pixels`, () => fits(width));
      }
      await dashboard.page.setViewport({ width: 1440, height: 900 });
      expect(dashboard.complaints).toEqual([]);
    },
  );

  it('opens a unit, axe included', async () => {
    await dashboard.show('plant/FEED');
    await dashboard.says(/What costs health/);
    expect(await axeViolations(dashboard.page)).toEqual([]);
  });
});

describe('the alarms', () => {
  const row = 'tbody tr:has(a[href="#/trends?tags=XMEAS_01"])';

  it('are put on the shelf in two clicks, and taken from it', async () => {
    await dashboard.show('alarms');
    await dashboard.page.locator(`${row} button[aria-expanded]`).click();
    await dashboard.page.locator('td form button.main').click();
    await dashboard.page.waitForSelector(`${row} .alarm-state.shelved`);
    await dashboard.page.locator(`${row} button[aria-expanded]`).click();
    await dashboard.page.waitForSelector('td form');
    expect(await axeViolations(dashboard.page)).toEqual([]);
    await dashboard.click('Unshelve');
    await dashboard.page.waitForSelector(`${row} .alarm-state.unacknowledged`);
  });

  it('are acknowledged together, taken out of service and put back', async () => {
    await dashboard.page.locator('thead input').click();
    await dashboard.page.locator('.tools button.main:not(:disabled)').click();
    await dashboard.says(/\d+ acknowledged\./);
    await dashboard.page.waitForSelector(`${row} .alarm-state.acknowledged`);
    for (const [button, state] of [
      ['Out of service (admin)', 'out_of_service'],
      ['Back in service (admin)', 'acknowledged'],
    ]) {
      await dashboard.page.locator(`${row} button[aria-expanded]`).click();
      await dashboard.click(button);
      await dashboard.page.waitForSelector(`${row} .alarm-state.${state}`);
    }
  });

  it('have a journal, which is saved as CSV, and figures against their bounds', async () => {
    await dashboard.click('Journal');
    await dashboard.says(
      /Put back in service[^]*Taken out of service[^]*Unshelved[^]*Shelved until[^]*Begun/,
    );
    expect(await axeViolations(dashboard.page)).toEqual([]);
    await dashboard.click('CSV');
    const file = join(dashboard.downloads, 'alarm-journal.csv');
    await waitFor('the file', async () =>
      (await readdir(dashboard.downloads).catch((): string[] => [])).includes('alarm-journal.csv'),
    );
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines[0]).toMatch(/^entry_id,alarm_id,event,/);
    expect(lines.filter((line) => line.includes('put_back_in_service'))).toHaveLength(1);
    await dashboard.click('Figures');
    await dashboard.says(/Average rate[^]*EEMUA 191: at most 1/);
    expect(await axeViolations(dashboard.page)).toEqual([]);
    expect(dashboard.complaints).toEqual([]);
  });
});

describe('what is live', () => {
  const values = '[...document.querySelectorAll(".measured")].map((each) => each.textContent).join()';

  beforeAll(async () => {
    await dashboard.send('DELETE', '/plant/disturbances/6');
    await dashboard.send('PATCH', '/plant', { paused: false });
  });
  afterAll(async () => {
    await dashboard.page.setRequestInterception(false);
    dashboard.page.off('request');
  });

  /** Refuses the page some of its requests. */
  async function refuse(isRefused: (path: string) => boolean): Promise<void> {
    dashboard.page.off('request');
    await dashboard.page.setRequestInterception(true);
    dashboard.page.on('request', (request: HTTPRequest) => {
      void (isRefused(new URL(request.url()).pathname) ? request.abort() : request.continue());
    });
  }

  async function seesNewValues(): Promise<void> {
    const before = await dashboard.page.evaluate(values);
    await dashboard.page.waitForFunction(`${values} !== ${JSON.stringify(before)}`);
  }

  it('comes on the stream of events alone, once the page is there', async () => {
    await dashboard.show('plant');
    await dashboard.settles();
    await refuse((path) => path.startsWith('/api/'));
    await seesNewValues();
  });

  it('is asked for where the stream is refused', async () => {
    await refuse((path) => path === '/api/v1/events');
    await dashboard.show('plant');
    await seesNewValues();
    await seesNewValues();
  });
});

describe('the dashboard by keyboard alone', () => {
  const MOST_TABS = 150;
  /** Tabs until what has the focus is what is looked for. */
  async function tabTo(selector: string): Promise<void> {
    for (let i = 0; i < MOST_TABS; i++) {
      await dashboard.page.keyboard.press('Tab');
      if (await dashboard.page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`))
        return;
    }
    throw new Error(`Tab does not lead to ${selector}`);
  }

  it('reaches every view by Tab and Enter', async () => {
    await dashboard.show('plant');
    for (const view of VIEWS) {
      await dashboard.page.evaluate('document.activeElement.blur()');
      await tabTo(`.app > nav a[href="#/${view}"]`);
      await dashboard.page.keyboard.press('Enter');
      await dashboard.isAt(view);
    }
  });

  it('opens a unit, zooms trends, shelves an alarm, injects a disturbance', async () => {
    await dashboard.show('plant');
    await tabTo('a.unit[href="#/plant/REACTOR"]');
    await dashboard.page.keyboard.press('Enter');
    await dashboard.page.waitForSelector('aside.unit-panel');

    await dashboard.show('trends');
    await dashboard.page.waitForSelector('.tag-chooser input');
    await tabTo('.tag-chooser input');
    await dashboard.page.keyboard.press('Space');
    await dashboard.page.waitForSelector('.lane canvas');
    const span = (): Promise<string> => dashboard.page.evaluate('location.hash') as Promise<string>;
    await tabTo('.lanes');
    await dashboard.page.keyboard.press('+');
    await dashboard.page.waitForFunction('location.hash.includes("from=")');
    const zoomed = await span();
    await dashboard.page.keyboard.press('ArrowLeft');
    await dashboard.page.waitForFunction(`location.hash !== ${JSON.stringify(zoomed)}`);
    await dashboard.page.keyboard.press('Home');
    await dashboard.page.waitForFunction('location.hash.includes("span=")');

    await dashboard.show('alarms');
    await dashboard.page.waitForSelector('button[aria-expanded]');
    await tabTo('button[aria-expanded]');
    await dashboard.page.keyboard.press('Enter');
    await dashboard.page.waitForSelector('td form button.main:focus');
    await dashboard.page.keyboard.press('Enter');
    await dashboard.page.waitForSelector('.alarm-state.shelved');

    await dashboard.show('operate');
    await dashboard.page.waitForSelector('[aria-label="Inject IDV 4"]');
    await tabTo('[aria-label="Inject IDV 4"]');
    await dashboard.page.keyboard.press('Enter');
    await dashboard.page.waitForSelector('[aria-label="Take out IDV 4"]');
    expect(dashboard.complaints).toEqual([]);
  });
});

describe('a page on the wall', () => {
  it('says that what it shows is old while the server is away, and goes on by itself', async () => {
    await dashboard.show('plant', { wall: true });
    await dashboard.says(/Normal/);
    await dashboard.page.evaluate('window.stillTheSamePage = true');
    await dashboard.restart(async () => {
      await dashboard.page.waitForSelector('[data-stale="true"] .banner.lost', { timeout: 120_000 });
      expect(await dashboard.text()).toMatch(/STALE No answer from the server since/);
      // what was read last is still there
      expect(await dashboard.text()).toMatch(/Reactor/);
    });
    await dashboard.page.waitForSelector('[data-stale="false"]', { timeout: 120_000 });
    expect(await dashboard.page.evaluate('window.stillTheSamePage')).toBe(true);
    expect(await dashboard.text()).not.toContain('STALE');
  });
});
