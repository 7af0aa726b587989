import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '#jest';
import { describeOnBothProfiles, profileResources, waitFor } from '../harness/index.js';
import { Dashboard } from './dashboard.js';

describeOnBothProfiles('the demonstration by clicks', (profile) => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await Dashboard.open({}, profile === 'server' ? await profileResources(profile) : undefined);
    await dashboard.show('plant');
  });
  afterAll(() => dashboard.close());

  it('injects the loss of the A feed, and the unit turns', async () => {
    await dashboard.goTo('operate');
    await dashboard.type('input[type=number]', '120');
    await dashboard.click('Set');
    await dashboard.says(/× 120/);
    await dashboard.page.locator('[aria-label="Inject IDV 6"]').click();
    await dashboard.page.waitForSelector('[aria-label="Take out IDV 6"]');
    await dashboard.goTo('plant');
    await dashboard.page.waitForSelector('a.unit:is(.warning, .fault)[href="#/plant/FEED"]', {
      timeout: 120_000,
    });
    await dashboard.page.locator('a.unit[href="#/plant/FEED"]').click();
    await dashboard.says(/What costs health[^]*XMEAS_01/);
  });

  it('opens the incident, which names the cause, and acknowledges it', async () => {
    await dashboard.page.locator('header a.count').setTimeout(120_000).click();
    await dashboard.isAt('incidents');
    await dashboard.says(/Likeliest cause\s+A feed loss/);
    await dashboard.says(/What moved first\s+XMEAS_01/);
    await dashboard.type('article form input', 'Supplier called');
    await dashboard.click('Acknowledge');
    await dashboard.says(/Acknowledged by local, .*Supplier called/);
  });

  it('predicts', async () => {
    await dashboard.click('Predict now');
    await dashboard.isAt('predictions');
    await dashboard.page.locator('form button.main').click();
    await dashboard.page.waitForFunction('location.hash.startsWith("#/predictions/")');
    await dashboard.says(/Fault classes\s+IDV 6/);
    await dashboard.says(/Forecast with 90 % interval/);
  });

  it('prints a report, looks inside and downloads it', async () => {
    await dashboard.goTo('reports');
    await dashboard.page.select('form select', 'anomaly');
    await dashboard.click('Make report');
    await dashboard.page.waitForFunction('location.hash.startsWith("#/reports/")');
    await dashboard.page.waitForSelector('::-p-aria(Look inside)', { timeout: 120_000 });
    await dashboard.click('Look inside');
    await dashboard.page.waitForSelector('iframe.document[src^="blob:"]');
    await dashboard.click('Download');
    const pdfs = async (): Promise<string[]> =>
      (await readdir(dashboard.downloads).catch(() => [])).filter(
        (name) => name.startsWith('anomaly-report') && name.endsWith('.pdf'),
      );
    await waitFor('the file', async () => (await pdfs()).length > 0);
    const [name] = await pdfs();
    expect((await readFile(join(dashboard.downloads, name))).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('has complained of nothing', () => expect(dashboard.complaints).toEqual([]));
});
