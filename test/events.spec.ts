import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '#jest';
import {
  describeOnBothProfiles,
  EventClient,
  FeatureApp,
  lastingResources,
  ProductProcess,
  type ProfileResources,
  waitFor,
} from './harness/index.js';

const RECONNECTS = 20;
/** The reader is gone for this long at the most, while events go on. */
const LONGEST_ABSENCE_MS = 60;

describeOnBothProfiles('a reader of events', (profile) => {
  let resources: ProfileResources;
  let variables: Record<string, string>;
  /** One standalone process, or two API processes beside each other. */
  let processes: ProductProcess[] = [];
  let lots = 0;
  let isWriting = true;

  const start = (): Promise<ProductProcess> =>
    ProductProcess.start(profile === 'embedded' ? 'standalone' : 'api', variables);

  beforeAll(async () => {
    resources = await lastingResources(profile);
    variables = { ...resources.variables, PLANT_SOURCE: 'external' };
    // A standalone process applies the migrations itself.
    if (profile === 'server') await (await FeatureApp.start({ profile, imports: [], resources })).stop();
    processes = profile === 'embedded' ? [await start()] : await Promise.all([start(), start()]);
  });

  afterAll(async () => {
    isWriting = false;
    await Promise.all(processes.map((each) => each.stop()));
    await resources.drop();
  });

  /** Adds lots as fast as it can, whatever becomes of the processes. */
  async function write(): Promise<void> {
    while (isWriting) {
      const startedAt = Date.UTC(2020, 0, 1) + ++lots * 3_600_000;
      const [started_at, ended_at] = [startedAt, startedAt + 60_000].map((at) => new Date(at).toISOString());
      const { url } = processes[lots % processes.length];
      await fetch(`${url}/api/v1/lots`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ lot_no: `L${lots}`, started_at, ended_at }),
      }).catch(() => pause(50));
      await pause(10);
    }
  }

  it('gets every event once and in order, through 20 reconnects and a kill -9', async () => {
    const writing = write();
    const ids: number[] = [];
    let begin: number | undefined;
    let last: string | undefined;
    for (let i = 0; i <= RECONNECTS; i++) {
      const { url } = processes[i % processes.length];
      const client = await EventClient.open(`${url}/api/v1/events`, last ? { 'Last-Event-ID': last } : {});
      const enough = i === RECONNECTS ? 1 : randomInt(1, 9);
      await waitFor('some events', () => client.of('lots').length >= enough, { intervalMs: 1 });
      if (i === RECONNECTS / 2) await kill(i % processes.length);
      if (i === RECONNECTS) {
        isWriting = false;
        await writing;
        const end = await EventClient.open(`${url}/api/v1/events`);
        const { data } = await end.next<{ position: number }>('hello');
        end.close();
        // What came after it may have come with it.
        await waitFor('the last event', () => Number(client.lastEventId) >= data.position);
      }
      client.close();
      begin ??= Number(client.of('hello')[0].id);
      expect(client.of('reset')).toEqual([]);
      ids.push(...client.of('lots').map(({ id }) => Number(id)));
      last = client.lastEventId;
      await pause(randomInt(LONGEST_ABSENCE_MS));
    }
    expect(ids.length).toBeGreaterThan(RECONNECTS);
    const first = (begin ?? 0) + 1;
    expect(ids).toEqual(Array.from({ length: Number(last) - first + 1 }, (_, i) => first + i));
  });

  /** The process beside it goes on alone; where there is none, another one takes its place. */
  async function kill(index: number): Promise<void> {
    await processes[index].kill();
    if (processes.length > 1) processes.splice(index, 1);
    else processes[index] = await start();
  }

  it('is told to come back by a process that stops, which does not wait for it', async () => {
    const [stopping] = processes;
    const client = await EventClient.open(`${stopping.url}/api/v1/events`);
    await client.next('hello');
    expect(await stopping.stop()).toBe(0);
    expect(client.of('restart')).toHaveLength(1);
    expect(client.end).toBe('closed');
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
