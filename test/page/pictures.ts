// `npm run dashboard:pictures`: the pictures of docs/dashboard.md and the table of actions, from a plant that has lost its A feed.
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectPath } from '#platform';
import { ACTIONS, measure } from './actions.js';
import { Dashboard, type Look } from './dashboard.js';

interface Picture extends Look {
  name: string;
  hash: string;
  size?: [width: number, height: number];
}

const PICTURES: Picture[] = [
  { name: 'plant', hash: 'plant/FEED' },
  { name: 'plant-ko', hash: 'plant/FEED', lang: 'ko', theme: 'dark' },
  { name: 'trends', hash: 'trends?tags=XMEAS_01,XMV_03,XMEAS_16' },
  { name: 'trends-ko', hash: 'trends?tags=XMEAS_01,XMV_03,XMEAS_16', lang: 'ko', theme: 'dark' },
  { name: 'alarms', hash: 'alarms', theme: 'dark' },
  { name: 'alarm-journal-ko', hash: 'alarms/journal', lang: 'ko' },
  { name: 'alarm-figures', hash: 'alarms/figures' },
  { name: 'incident', hash: 'incidents' },
  { name: 'incident-ko', hash: 'incidents', lang: 'ko' },
  { name: 'predictions', hash: 'predictions' },
  { name: 'reports', hash: 'reports', lang: 'ko' },
  { name: 'kpis', hash: 'kpis', theme: 'dark' },
  { name: 'lots', hash: 'lots' },
  { name: 'models', hash: 'models', theme: 'dark' },
  { name: 'operate', hash: 'operate', lang: 'ko' },
  { name: 'admin', hash: 'admin' },
  { name: 'wall', hash: 'plant', theme: 'dark', wall: true, size: [1920, 1080] },
  { name: 'telephone', hash: 'incidents', size: [390, 844] },
];
const SIZE: [number, number] = [1440, 900];

async function lose(dashboard: Dashboard): Promise<void> {
  const send = (method: string, path: string, body: object): Promise<Response> =>
    fetch(`${dashboard.product.url}/api/v1/plant${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await send('POST', '/disturbances', { idv: 6 });
  await dashboard.show('incidents');
  await dashboard.says(/Likeliest cause\s+A feed loss/);
}

const folder = projectPath('docs', 'images', 'dashboard');
await mkdir(folder, { recursive: true });
const dashboard = await Dashboard.open({ PLANT_TIME_ZONE: 'Asia/Seoul' });
try {
  await dashboard.page.setViewport({ width: SIZE[0], height: SIZE[1] });
  await lose(dashboard);
  process.stdout.write('| action | clicks | seconds |\n| --- | --: | --: |\n');
  for (const action of ACTIONS) {
    const { name, clicks, seconds } = await measure(dashboard, action);
    process.stdout.write(`| ${name} | ${clicks} | ${seconds.toFixed(1)} |\n`);
  }
  for (const { name, hash, size: [width, height] = SIZE, ...look } of PICTURES) {
    await dashboard.page.setViewport({ width, height });
    await dashboard.show(hash, look);
    await sleep(4_000);
    await dashboard.page.evaluate('document.fonts.ready.then(() => 1)');
    await sleep(1_000);
    await dashboard.page.screenshot({ path: `${folder}/${name}.png` });
  }
  if (dashboard.complaints.length > 0) process.stdout.write(`${dashboard.complaints.join('\n')}\n`);
} finally {
  await dashboard.close();
}
