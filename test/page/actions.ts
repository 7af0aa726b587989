import { setTimeout as sleep } from 'node:timers/promises';
import type { Dashboard } from './dashboard.js';

interface Action {
  name: string;
  /** Where one stands before. */
  from: string;
  /** What one clicks, in order; a pair is dragged between. */
  clicks: string[];
  /** What shows that it is done. */
  done: RegExp | string;
}

const nav = (view: string): string => `.app > nav a[href="#/${view}"]`;

/** What people of a control room do, by name; the plant has lost its A feed. */
export const ACTIONS: Action[] = [
  { name: 'see what is wrong now', from: 'plant', clicks: [], done: /What is wrong now[^]*A feed loss/ },
  {
    name: 'open the unit at fault',
    from: 'plant',
    clicks: ['a.unit[href="#/plant/FEED"]'],
    done: /What costs health[^]*XMEAS_01/,
  },
  {
    name: 'read the likeliest cause and what to look at',
    from: 'plant',
    clicks: ['header a.count'],
    done: /What to look at/,
  },
  {
    name: 'zoom to the onset',
    from: 'incidents',
    clicks: ['::-p-aria(Open in trends)'],
    done: '.lane canvas',
  },
  {
    name: 'see all signals of one incident over the same time',
    from: 'plant',
    clicks: ['header a.count', '::-p-aria(Open in trends)'],
    done: '.tag-lane:nth-of-type(5) h3',
  },
  {
    name: 'acknowledge all current alarms',
    from: 'plant',
    clicks: [nav('alarms'), 'thead input', '.tools button.main'],
    done: /\d+ acknowledged\./,
  },
  {
    name: 'shelve an alarm for an hour',
    from: 'plant',
    clicks: [nav('alarms'), 'tbody button[aria-expanded]', 'td form button.main'],
    done: '.alarm-state.shelved',
  },
  {
    name: 'forecast the next hour of a unit',
    from: 'plant',
    clicks: [nav('predictions'), 'form button.main'],
    done: /Forecast with 90 % interval/,
  },
  {
    name: 'make a report and look inside',
    from: 'plant',
    clicks: [nav('reports'), 'form button.main', '::-p-aria(Look inside)'],
    done: 'iframe.document',
  },
  {
    name: 'compare the last two lots',
    from: 'plant',
    clicks: [nav('lots')],
    done: /Difference of means[^]*XM/,
  },
  {
    name: 'see the hours behind a KPI',
    from: 'plant',
    clicks: [nav('kpis'), '[aria-label="Show the trend of Yield"]'],
    done: /Yield\s+By the hour/,
  },
  {
    name: 'see thirty days of two tags',
    from: 'trends?tags=XMEAS_07,XMEAS_01',
    clicks: ['::-p-aria(30 d)'],
    done: '.lane canvas',
  },
];

export interface MeasuredAction {
  name: string;
  clicks: number;
  seconds: number;
}

/** Does an action and measures from the first click (without any: from the address) until it is done. */
export async function measure(
  dashboard: Dashboard,
  { name, from, clicks, done }: Action,
): Promise<MeasuredAction> {
  const { page } = dashboard;
  if (clicks.length > 0) {
    await dashboard.show(from);
    await sleep(2_000);
  }
  const started = performance.now();
  if (clicks.length === 0) await dashboard.show(from);
  for (const click of clicks) await page.locator(click).setTimeout(120_000).click();
  if (typeof done === 'string') await page.waitForSelector(done, { timeout: 120_000 });
  else await page.waitForFunction(`${done}.test(document.body.innerText)`, { timeout: 120_000, polling: 50 });
  return { name, clicks: clicks.length, seconds: (performance.now() - started) / 1_000 };
}
