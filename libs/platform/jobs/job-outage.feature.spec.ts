import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '#jest';
import {
  describeOnServer,
  FeatureApp,
  profileResources,
  type ProfileResources,
  TcpProxy,
  waitFor,
} from '#testing';
import { Database } from '../database/database.js';
import {
  CREATE_ERRAND_TABLE,
  type Errand,
  ERRAND_JOB,
  errandKind,
  ErrandModule,
  ErrandRows,
  ErrandRunner,
} from '../../../test/factories/errand.fixture.js';
import { JobsService } from './jobs.service.js';
import { JobQueue } from '../queue/queue.service.js';

describeOnServer('jobs while the database is out of reach', () => {
  let proxy: TcpProxy;
  let resources: ProfileResources;
  let app: FeatureApp;
  let rows: ErrandRows;
  let runner: ErrandRunner;
  let queue: JobQueue;

  beforeAll(async () => {
    resources = await profileResources('server', { tables: 'migrated' });
    proxy = await TcpProxy.listen(resources.variables.DATABASE_URL);
    app = await FeatureApp.start({
      profile: 'server',
      imports: [ErrandModule],
      queue: 'works',
      resources: { ...resources, variables: { ...resources.variables, DATABASE_URL: proxy.url } },
    });
    [rows, runner, queue] = [app.get(ErrandRows), app.get(ErrandRunner), app.get(JobQueue)];
    await app.get(Database).query(CREATE_ERRAND_TABLE);
  });
  afterAll(async () => {
    await proxy.accept();
    await app.stop();
    await proxy.close();
    await resources.drop();
  });

  const insert = (jobId: string): Promise<void> => rows.insertQueued({ jobId, requestedBy: 'test' });
  const completed = (jobId: string): Promise<Errand> =>
    waitFor('completion', async () => {
      const row = await rows.find(jobId).catch(() => undefined);
      return row?.status === 'completed' ? row : undefined;
    });

  it('use up no attempt: what was made is written later, what could not be begun is begun later', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    runner.work = async (run) => {
      await released;
      return `run ${run}`;
    };
    const jobs = app.get(JobsService);
    const request = { prepare: () => Promise.resolve(insert), idempotencyKey: undefined, request: {} };
    const made = await Promise.all(Array.from({ length: 3 }, () => jobs.submit(errandKind(rows), request)));
    const late = randomUUID();
    await insert(late);
    await waitFor('three to be worked on', () => runner.runs.length === 3);

    await proxy.refuse();
    await queue.add(ERRAND_JOB, { jobId: late }, { jobId: late });
    await waitFor('the queue to put it off', async () => (await queue.state(ERRAND_JOB, late)) === 'delayed');
    release();
    await expect(rows.find(late)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await proxy.accept();
    for (const bullQueue of queue.queues()) await (await bullQueue.getJob(late))?.promote();

    for (const jobId of [...made, late])
      expect(await completed(jobId)).toMatchObject({ runs: 1, attempt: 1, losses: 0, lastErrorCode: null });
    expect([...runner.runs].sort()).toEqual([...made, late].sort());
  });
});
