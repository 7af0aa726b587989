import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, it } from '#jest';
import { AlarmHttpModule, AlarmJobsModule } from '#alarm';
import { PlantRegistration } from '#equipment';
import { HealthHttpModule } from '#health';
import { ProcessClock } from '#platform';
import { describeOnBothProfiles, EventClient, FeatureApp, waitFor } from '#testing';
import { ALARM_LIMITS, type AlarmLimit, SampleWriter, TagDirectory, TimeseriesHttpModule } from '#timeseries';
import { EventHttpModule } from './event.http.module.js';
import type { SampleState } from './latest-samples.service.js';

const NOW = Date.UTC(2026, 2, 10);
const MINUTE_MS = 60_000;
const TAG = 'XMEAS_07';

interface SensorItem {
  tag: string;
  latest: { value: number; limit_state: string | null } | null;
}

describeOnBothProfiles('where a value stands among its limits', (profile) => {
  let app: FeatureApp;
  let stream: EventClient;
  let minute = 0;

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile,
      imports: [AlarmHttpModule, AlarmJobsModule, EventHttpModule, HealthHttpModule, TimeseriesHttpModule],
      queue: 'submits',
    });
    await app.get(ProcessClock).set({ timeMs: NOW, wallMs: Date.now(), rate: 0 });
    await app.get(PlantRegistration).register();
    await app.http
      .patch(`/api/v1/tags/${TAG}`)
      .send({ limits: { ll: null, l: null, h: 2_880, hh: 2_990 }, deadband: 40 })
      .expect(200);
    stream = await EventClient.open(`${app.url}/api/v1/events?types=samples&tags=${TAG}`);
  });

  afterAll(async () => {
    stream.close();
    await app.stop();
  });

  const write = async (value: number, quality = 0): Promise<void> => {
    const tagId = (await app.get(TagDirectory).all()).get(TAG)?.id ?? 0;
    const ts = NOW - (25 - ++minute) * MINUTE_MS;
    await app.get(SampleWriter).write([{ tagId, ts, value, quality }]);
  };
  const get = async <Body>(path: string): Promise<Body> =>
    (await app.http.get(`/api/v1/${path}`).expect(200)).body as Body;
  const stateIn = async (path: string): Promise<string | null | undefined> =>
    (await get<{ items: SensorItem[] }>(path)).items.find(({ tag }) => tag === TAG)?.latest?.limit_state;

  /** What the stream has sent last. */
  const streamed = (): SampleState | undefined =>
    (stream.of('samples').at(-1)?.data as { items: SampleState[] } | undefined)?.items[0];

  /** What each route says of the newest value. */
  const said = async (): Promise<Record<string, string | null | undefined>> => {
    const status = await get<{ limit_violations: { tag: string; limit: string }[] }>(
      'equipment/REACTOR/status',
    );
    const alarms = await get<{ items: { limit: AlarmLimit }[] }>(`alarms?tag=${TAG}&active=true`);
    const active = alarms.items.map(({ limit }) => limit);
    return {
      sensors: await stateIn('equipment/REACTOR/sensors'),
      tags: await stateIn(`tags?latest=true&q=${TAG}`),
      status: status.limit_violations.find(({ tag }) => tag === TAG)?.limit ?? 'normal',
      alarms: ALARM_LIMITS.find((limit) => active.includes(limit)) ?? 'normal',
      events: streamed()?.limit_state,
    };
  };

  // H 2,880, HH 2,990, deadband 40: from H a value is back at 2,840, from HH at 2,950
  it.each([
    [2_870, 'normal', 'within the deadband, from below'],
    [2_880, 'H', 'on the limit'],
    [2_850, 'H', 'back within the deadband'],
    [2_841, 'H', 'almost through it'],
    [2_840, 'normal', 'through it'],
    [2_870, 'normal', 'within the deadband once more'],
    [2_995, 'HH', 'beyond the outer limit'],
    [2_960, 'HH', 'within its deadband'],
    [2_945, 'H', 'through that, and beyond the inner limit'],
    [2_845, 'H', 'within the deadband of the inner one'],
    [2_800, 'normal', 'far inside'],
  ])('is the same to everybody: %d is %s, %s', async (value, state) => {
    await write(value);
    const same = { sensors: state, tags: state, status: state, alarms: state, events: state };
    // the stream reports a tag once a second at the most: as long as it is silent the routes need not be asked
    await waitFor('the value to be sent', () => streamed()?.value === value);
    let seen = {};
    await waitFor('everybody to say so', async () => isDeepStrictEqual((seen = await said()), same), {
      progress: () => seen,
    });
    expect(seen).toEqual(same);
  });

  it('is not known of a bad value, and the alarm stays as it was', async () => {
    await write(2_890);
    await waitFor('the alarm', async () => (await said()).alarms === 'H');
    await write(2_800, 2);
    await waitFor('the bad value to be sent', () => streamed()?.limit_state === null);
    expect(await said()).toEqual({ sensors: null, tags: null, status: 'H', alarms: 'H', events: null });
  });
});
