import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { axeViolations } from './axe.js';
import { Dashboard, VIEWS } from './dashboard.js';

const LOOKS = (['en', 'ko'] as const).flatMap((lang) =>
  (['light', 'dark'] as const).map((theme) => ({ lang, theme })),
);

describe('every view of the dashboard', () => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await Dashboard.open({ PLANT_TIME_ZONE: 'Asia/Seoul' });
    const post = (path: string, body: object): Promise<Response> =>
      fetch(`${dashboard.product.url}/api/v1${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await post('/plant/disturbances', { idv: 6 });
    await post('/predictions', { eq_id: 'REACTOR' });
    await post('/reports', { type: 'daily' });
    await dashboard.show('plant');
    await dashboard.says(/1 open incident/);
  });
  afterAll(() => dashboard.close());

  const hashOf = (view: string): string => (view === 'trends' ? 'trends?tags=XMEAS_01,XMV_03' : view);

  it.each(VIEWS)(
    '%s: axe finds nothing, the console says nothing, in both languages, light and dark',
    async (view) => {
      dashboard.complaints.length = 0;
      for (const look of LOOKS) {
        await dashboard.show(hashOf(view), look);
        await dashboard.page.waitForNetworkIdle({ idleTime: 300, timeout: 5_000 }).catch(() => undefined);
        expect({ look, violations: await axeViolations(dashboard.page) }).toEqual({ look, violations: [] });
      }
      expect(dashboard.complaints).toEqual([]);
    },
  );

  it.each(VIEWS)('%s fits a telephone and a wall of 4K', async (view) => {
    for (const [width, height] of [
      [390, 844],
      [3840, 2160],
    ]) {
      await dashboard.page.setViewport({ width, height });
      await dashboard.show(hashOf(view));
      expect(await dashboard.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        width,
      );
    }
    await dashboard.page.setViewport({ width: 1440, height: 900 });
  });

  it('opens a unit, axe included', async () => {
    await dashboard.show('plant/FEED');
    await dashboard.says(/What costs health/);
    expect(await axeViolations(dashboard.page)).toEqual([]);
  });
});

describe('the dashboard by keyboard alone', () => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await Dashboard.open();
    await dashboard.show('plant');
  });
  afterAll(() => dashboard.close());

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
    for (const view of VIEWS) {
      await dashboard.page.evaluate('document.activeElement.blur()');
      await tabTo(`nav a[href="#/${view}"]`);
      await dashboard.page.keyboard.press('Enter');
      await dashboard.page.waitForSelector(`nav a[href="#/${view}"][aria-current]`);
      await dashboard.page.waitForSelector('main :is(h1, h2)');
    }
  });

  it('opens a unit, zooms trends, injects a disturbance', async () => {
    await dashboard.show('plant');
    await tabTo('a.unit[href="#/plant/REACTOR"]');
    await dashboard.page.keyboard.press('Enter');
    await dashboard.page.waitForSelector('aside.unit-panel');

    await dashboard.show('trends');
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

    await dashboard.show('operate');
    await tabTo('[aria-label="Inject IDV 4"]');
    await dashboard.page.keyboard.press('Enter');
    await dashboard.page.waitForSelector('[aria-label="Take out IDV 4"]');
    expect(dashboard.complaints).toEqual([]);
  });
});

describe('a page on the wall', () => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await Dashboard.open();
  });
  afterAll(() => dashboard.close());

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
