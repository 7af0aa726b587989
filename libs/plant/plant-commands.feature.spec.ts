import { afterAll, beforeAll, expect, it } from '#jest';
import { PlantRegistration, SensorTagService } from '#equipment';
import { Database, EventLog, HealthIndicators } from '#platform';
import { TAGS } from '#tep';
import {
  describeOnBothProfiles,
  FeatureApp,
  profileResources,
  type ProfileResources,
  waitFor,
  type WaitOptions,
} from '#testing';
import type { DisturbanceDto } from './dto/disturbance.dto.js';
import type { PlantDto } from './dto/plant.dto.js';
import { PlantCommands } from './plant-commands.service.js';
import { PlantHttpModule } from './plant.http.module.js';
import { PlantJobsModule } from './plant.jobs.module.js';

/** What these tests are about is what the plant does, however late. */
const COMMAND_WAIT_MS = 120_000;

async function readPlant(app: FeatureApp): Promise<PlantDto> {
  return (await app.http.get('/api/v1/plant').expect(200)).body as PlantDto;
}

function waitForPlant(
  app: FeatureApp,
  what: string,
  seen: (plant: PlantDto) => boolean,
  options: WaitOptions = {},
): Promise<PlantDto> {
  return waitFor(
    what,
    async () => {
      const plant = await readPlant(app);
      return seen(plant) && plant;
    },
    options,
  );
}

describeOnBothProfiles('commands to the live plant', (profile) => {
  let app: FeatureApp;

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile,
      imports: [PlantHttpModule, PlantJobsModule],
      variables: { PLANT_HISTORY_HOURS: '0', PLANT_SPEED: '60' },
    });
    app.get(PlantCommands).waitMs = COMMAND_WAIT_MS;
    await waitForPlant(app, 'the plant to run', ({ state }) => state === 'running');
  });

  afterAll(() => app.stop());

  it('switch a disturbance on once and off once', async () => {
    const injected = await app.http.post('/api/v1/plant/disturbances').send({ idv: 4 }).expect(201);
    expect(injected.body).toMatchObject({ idv: 4, active: true, eq_id: 'REACTOR', until: null });
    const again = await app.http.post('/api/v1/plant/disturbances').send({ idv: 4 }).expect(409);
    expect(again.body).toMatchObject({ code: 'DISTURBANCE_ACTIVE' });
    const { disturbances, time } = await readPlant(app);
    expect(disturbances).toMatchObject([{ idv: 4, since: (injected.body as DisturbanceDto).since }]);
    expect(Date.parse(disturbances[0].since)).toBeLessThanOrEqual(Date.parse(time));
    await app.http.delete('/api/v1/plant/disturbances/4').expect(204);
    const gone = await app.http.delete('/api/v1/plant/disturbances/4').expect(404);
    expect(gone.body).toMatchObject({ code: 'DISTURBANCE_NOT_ACTIVE' });
    expect((await readPlant(app)).disturbances).toEqual([]);
  });

  it('are reported by events, and that the plant goes on is not', async () => {
    const before = await app.get(EventLog).position();
    const { samples_written: written } = await readPlant(app);
    await app.http.post('/api/v1/plant/disturbances').send({ idv: 5 }).expect(201);
    await waitForPlant(app, 'two more records', ({ samples_written }) => samples_written >= written + 2 * 53);
    await app.http.delete('/api/v1/plant/disturbances/5').expect(204);
    const { events } = await app.get(EventLog).eventsAfter(before, 100);
    const published = events
      .filter(({ topic }) => topic === 'plant')
      .map(({ data }) => JSON.parse(data) as PlantDto);
    expect(published.map(({ disturbances }) => disturbances.map(({ idv }) => idv))).toEqual([[5], []]);
  });

  it('carry out exactly one of several equal requests', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => app.http.post('/api/v1/plant/disturbances').send({ idv: 21 })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    await app.http.delete('/api/v1/plant/disturbances/21').expect(204);
  });

  it('show in the catalogue which disturbances are on', async () => {
    await app.http.post('/api/v1/plant/disturbances').send({ idv: 14 }).expect(201);
    const { body } = await app.http.get('/api/v1/plant/disturbances').expect(200);
    const { items } = body as { items: DisturbanceDto[] };
    expect(items.map(({ idv }) => idv)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
    expect(items.filter(({ active }) => active).map(({ idv }) => idv)).toEqual([14]);
    await app.http.delete('/api/v1/plant/disturbances/14').expect(204);
  });

  it('change the speed of plant time', async () => {
    const { body } = await app.http.patch('/api/v1/plant').send({ speed: 3_600 }).expect(200);
    expect(body).toMatchObject({ speed: 3_600, paused: false, state: 'running' });
    const before = Date.parse((await readPlant(app)).time);
    const after = await waitForPlant(
      app,
      'an hour to pass',
      ({ time }) => Date.parse(time) > before + 3_600_000,
      // An hour at 3600 takes a second, not a minute; what the machine cannot follow is given up.
      { timeoutMs: 15_000 },
    );
    expect(after.actual_speed).toBeLessThanOrEqual(3_600);
    await app.http.patch('/api/v1/plant').send({ speed: 60 }).expect(200);
  });

  it('end a disturbance when its plant minutes are over', async () => {
    await app.http.patch('/api/v1/plant').send({ speed: 600 }).expect(200);
    const { body } = await app.http
      .post('/api/v1/plant/disturbances')
      .send({ idv: 3, duration_minutes: 5 })
      .expect(201);
    const { since, until } = body as DisturbanceDto;
    expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBe(300_000);
    const plant = await waitForPlant(app, 'the end of it', ({ disturbances }) => disturbances.length === 0);
    expect(Date.parse(plant.time)).toBeGreaterThanOrEqual(Date.parse(until ?? ''));
  });

  it('pause plant time and let it run on', async () => {
    const { body } = await app.http.patch('/api/v1/plant').send({ paused: true }).expect(200);
    const paused = body as PlantDto;
    expect(paused).toMatchObject({ state: 'paused', paused: true, actual_speed: 0 });
    await waitFor('a second of wall time', async () => {
      const now = await readPlant(app);
      expect(now.time).toBe(paused.time);
      return Date.parse(now.wall_time) > Date.parse(paused.wall_time) + 1_000;
    });
    await app.http.patch('/api/v1/plant').send({ paused: false }).expect(200);
    await waitForPlant(app, 'time to pass', ({ time }) => time > paused.time);
  });

  it('restart the plant only after a shutdown', async () => {
    const running = await app.http.post('/api/v1/plant/restart').expect(409);
    expect(running.body).toMatchObject({ code: 'PLANT_NOT_SHUT_DOWN' });
    await app.http.patch('/api/v1/plant').send({ speed: 3_600 }).expect(200);
    // Both feeds of A are cut short: pressure passes its limit within two plant hours.
    await app.http.post('/api/v1/plant/disturbances').send({ idv: 6 }).expect(201);
    await app.http.post('/api/v1/plant/disturbances').send({ idv: 1 }).expect(201);
    const { shutdown } = await waitForPlant(app, 'the shutdown', ({ state }) => state === 'shutdown');
    expect(shutdown).toMatchObject({
      cause: 'reactor-pressure-high',
      description: 'reactor pressure above 3000 kPa gauge',
    });
    const refused = await app.http.post('/api/v1/plant/disturbances').send({ idv: 2 }).expect(409);
    expect(refused.body).toMatchObject({ code: 'PLANT_SHUT_DOWN' });
    const { plant } = await app.get(HealthIndicators).read();
    expect(plant).toMatchObject({ status: 'degraded', state: 'shutdown' });

    const restarted = await app.http.post('/api/v1/plant/restart').expect(200);
    expect(restarted.body).toMatchObject({ state: 'running', disturbances: [], shutdown: null });
    expect(Date.parse((restarted.body as PlantDto).time)).toBeGreaterThan(Date.parse(shutdown?.at ?? ''));
    await app.http.patch('/api/v1/plant').send({ speed: 60 }).expect(200);
    expect((await app.get(HealthIndicators).read()).plant).toMatchObject({ status: 'up' });
  });

  it.each([
    ['a disturbance there is not', 'post', '/disturbances', { idv: 22 }, 'idv'],
    ['no disturbance', 'post', '/disturbances', {}, 'idv'],
    ['a negative duration', 'post', '/disturbances', { idv: 1, duration_minutes: -5 }, 'duration_minutes'],
    ['a speed beyond the limit', 'patch', '', { speed: 3_601 }, 'speed'],
    ['a speed that is text', 'patch', '', { speed: 'fast' }, 'speed'],
    ['null as pause', 'patch', '', { paused: null }, 'paused'],
    ['nothing to change', 'patch', '', {}, 'speed'],
  ] as const)('name the field when they are given %s', async (_what, method, path, sent, field) => {
    const answer = await app.http[method](`/api/v1/plant${path}`).send(sent).expect(400);
    const { code, errors } = answer.body as { code: string; errors: { field: string }[] };
    expect(code).toBe('VALIDATION_FAILED');
    expect(errors.map((error) => error.field)).toContain(field);
  });

  it('are refused for a path that names no disturbance', async () => {
    await app.http.delete('/api/v1/plant/disturbances/0').expect(400);
    await app.http.delete('/api/v1/plant/disturbances/x').expect(400);
  });
});

describeOnBothProfiles('commands while no process keeps the plant', (profile) => {
  let resources: ProfileResources;
  let api: FeatureApp;

  beforeAll(async () => {
    resources = await profileResources(profile, { tables: 'migrated' });
    api = await FeatureApp.start({ profile, imports: [PlantHttpModule], resources });
  });

  afterAll(async () => {
    await api.stop();
    await resources.drop();
  });

  it('are accepted and wait', async () => {
    const answer = await api.http.post('/api/v1/plant/disturbances').send({ idv: 5 }).expect(202);
    expect(answer.body).toMatchObject({ pending: true, status_url: '/api/v1/plant' });
    expect(await readPlant(api)).toMatchObject({ state: 'starting', holder: null, disturbances: [] });
    expect((await api.get(HealthIndicators).read()).plant).toMatchObject({ status: 'down' });
  });

  it('are refused when a hundred of them wait', async () => {
    const database = api.get(Database);
    for (let i = 0; i < 99; i++)
      await database.query(
        'INSERT INTO plant_command (kind, body, requested_by, requested_at) VALUES (?, ?, ?, ?)',
        ['adjust', '{"kind":"adjust","speed":1}', 'test', Date.now()],
      );
    const answer = await api.http.patch('/api/v1/plant').send({ speed: 2 }).expect(503);
    expect(answer.body).toMatchObject({ code: 'PLANT_COMMANDS_WAITING' });
    expect(answer.headers['retry-after']).toBe('5');
  });

  if (profile === 'server')
    it('are carried out in their order when a process begins to keep it', async () => {
      const worker = await FeatureApp.start({
        profile,
        imports: [PlantJobsModule],
        variables: { PLANT_HISTORY_HOURS: '0' },
        resources,
      });
      try {
        const plant = await waitForPlant(api, 'the commands', ({ speed }) => speed === 1);
        expect(plant.disturbances).toMatchObject([{ idv: 5 }]);
        await waitFor('a command to be carried out while its sender waits', async () => {
          const { status } = await api.http.patch('/api/v1/plant').send({ speed: 60 });
          return status === 200;
        });
      } finally {
        await worker.stop();
      }
    });
});

describeOnBothProfiles('a plant whose samples come from outside', (profile) => {
  let app: FeatureApp;

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile,
      imports: [PlantHttpModule, PlantJobsModule],
      variables: { PLANT_SOURCE: 'external' },
    });
  });

  afterAll(() => app.stop());

  it('shows the time of the wall clock and that nobody simulates it', async () => {
    const before = Date.now();
    const plant = await readPlant(app);
    expect(plant).toMatchObject({ source: 'external', state: 'external', seed: null, holder: null });
    expect(Date.parse(plant.time)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(plant.time)).toBeLessThanOrEqual(Date.now());
    expect((await app.get(HealthIndicators).read()).plant).toEqual({ status: 'up', source: 'external' });
  });

  it('is registered at the start, by several processes at once, too', async () => {
    const codes = (await app.get(SensorTagService).findAll()).map(({ code }) => code);
    expect(codes.sort()).toEqual(TAGS.map(({ code }) => code).sort());
    await app.get(Database).query('DELETE FROM sensor_tag');
    const registration = app.get(PlantRegistration);
    const added = await Promise.all([registration.register(), registration.register()]);
    expect(added.reduce((sum, { tags }) => sum + tags, 0)).toBe(TAGS.length);
  });

  it('takes no commands', async () => {
    const answers = await Promise.all([
      app.http.post('/api/v1/plant/disturbances').send({ idv: 1 }),
      app.http.delete('/api/v1/plant/disturbances/1'),
      app.http.patch('/api/v1/plant').send({ paused: true }),
      app.http.post('/api/v1/plant/restart'),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBe(409);
      expect(body).toMatchObject({ code: 'PLANT_NOT_SIMULATED' });
    }
  });
});
