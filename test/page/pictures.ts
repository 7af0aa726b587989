// `npm run dashboard:pictures`: the pictures of docs/dashboard.md and the table of actions, from a plant that has just lost its A feed.
// With the argument `actions` only the table.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectPath } from '#platform';
import { waitFor } from '../harness/wait-for.js';
import { ACTIONS, measure, type MeasuredAction } from './actions.js';
import { Dashboard, type Look } from './dashboard.js';

interface Picture extends Look {
  name: string;
  hash: string;
  size?: [width: number, height: number];
}

const AT_FIRST: Picture[] = [
  { name: 'plant', hash: 'plant/FEED' },
  { name: 'plant-ko', hash: 'plant/FEED', lang: 'ko', theme: 'dark' },
  { name: 'alarms', hash: 'alarms', theme: 'dark' },
  { name: 'alarm-journal-ko', hash: 'alarms/journal', lang: 'ko' },
  { name: 'alarm-figures', hash: 'alarms/figures' },
  { name: 'incident', hash: 'incidents' },
  { name: 'incident-ko', hash: 'incidents', lang: 'ko' },
  { name: 'wall', hash: 'plant', theme: 'dark', wall: true, size: [1920, 1080] },
  { name: 'telephone', hash: 'incidents', size: [390, 844] },
  { name: 'operate', hash: 'operate', lang: 'ko' },
];
/** With what the actions have made, and the forecast of the unit at fault. */
const AFTER_THE_ACTIONS: Picture[] = [
  { name: 'trends', hash: 'trends?tags=XMEAS_01,XMV_03,XMEAS_16' },
  { name: 'trends-ko', hash: 'trends?tags=XMEAS_01,XMV_03,XMEAS_16', lang: 'ko', theme: 'dark' },
  { name: 'predictions', hash: 'predictions' },
  { name: 'reports', hash: 'reports', lang: 'ko' },
  { name: 'kpis', hash: 'kpis', theme: 'dark' },
  { name: 'lots', hash: 'lots' },
  { name: 'models', hash: 'models', theme: 'dark' },
  { name: 'admin', hash: 'admin' },
];
const SIZE: [number, number] = [1440, 900];

const guide = projectPath('docs', 'dashboard.md');
const folder = projectPath('docs', 'images', 'dashboard');
const onlyActions = process.argv.includes('actions');

/** The plant is looked at this long after its detectors were sure, in plant time: the cause is named, and nothing has tripped yet. */
const AFTER_DETECTION_MS = 15 * 60_000;

/** A plant that has lost its A feed a moment ago, and from then on goes as slowly as a real one, so that every picture is of one hour. */
async function lose(dashboard: Dashboard): Promise<void> {
  const read = async <Body>(path: string): Promise<Body> =>
    (await (await dashboard.send('GET', path)).json()) as Body;
  await dashboard.send('PATCH', '/plant', { speed: 60 });
  await dashboard.send('POST', '/plant/disturbances', { idv: 6 });
  await dashboard.show('incidents');
  await dashboard.says(/Likeliest cause\s+A feed loss/);
  const [incident] = (await read<{ items: { detected_at: string }[] }>('/incidents')).items;
  const seenFrom = Date.parse(incident.detected_at) + AFTER_DETECTION_MS;
  await waitFor(
    'the scene',
    async () => Date.parse((await read<{ last_sample_at: string }>('/plant')).last_sample_at) >= seenFrom,
  );
  await dashboard.send('PATCH', '/plant', { speed: 1 });
}

async function take(dashboard: Dashboard, pictures: readonly Picture[]): Promise<void> {
  if (onlyActions) return;
  for (const { name, hash, size: [width, height] = SIZE, ...look } of pictures) {
    await dashboard.page.setViewport({ width, height });
    await dashboard.show(hash, look);
    await sleep(4_000);
    await dashboard.page.evaluate('document.fonts.ready.then(() => 1)');
    await sleep(1_000);
    await dashboard.page.screenshot({ path: `${folder}/${name}.png` });
    process.stdout.write(`${name}.png\n`);
  }
  await dashboard.page.setViewport({ width: SIZE[0], height: SIZE[1] });
}

/** The table of docs/dashboard.md, laid out as prettier does. */
function tableOf(actions: readonly MeasuredAction[]): string {
  const width = Math.max(...actions.map(({ name }) => name.length));
  const row = (name: string, clicks: string, seconds: string): string =>
    `| ${name.padEnd(width)} | ${clicks.padStart(6)} | ${seconds.padStart(7)} |`;
  return [
    row('action', 'clicks', 'seconds'),
    `| ${'-'.repeat(width)} | -----: | ------: |`,
    ...actions.map(({ name, clicks, seconds }) => row(name, String(clicks), seconds.toFixed(1))),
  ].join('\n');
}

await mkdir(folder, { recursive: true });
const dashboard = await Dashboard.open({ PLANT_TIME_ZONE: 'Asia/Seoul' });
try {
  await dashboard.page.setViewport({ width: SIZE[0], height: SIZE[1] });
  await lose(dashboard);
  await take(dashboard, AT_FIRST);
  const measured: MeasuredAction[] = [];
  for (const action of ACTIONS) {
    const done = await measure(dashboard, action);
    process.stdout.write(`${done.name}: ${done.clicks} clicks, ${done.seconds.toFixed(1)} s\n`);
    measured.push(done);
  }
  await dashboard.send('POST', '/predictions', { eq_id: 'FEED' });
  await take(dashboard, AFTER_THE_ACTIONS);
  const text = await readFile(guide, 'utf8');
  await writeFile(
    guide,
    text.replace(/^\| action [^]*?\n(?=\n)/m, () => `${tableOf(measured)}\n`),
  );
  if (dashboard.complaints.length > 0) process.stdout.write(`${dashboard.complaints.join('\n')}\n`);
} finally {
  await dashboard.close();
}
