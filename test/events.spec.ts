import { afterAll, beforeAll, expect, it } from '#jest';
import { expectEveryEventOnce, expectFarewell } from './event-reader.behaviour.js';
import {
  describeOnServer,
  ProductProcess,
  profileResources,
  type ProfileResources,
} from './harness/index.js';

// On the embedded profile: test/standalone.spec.ts, whose process is killed and stopped for other reasons, too.
describeOnServer('a reader of events of two API processes', () => {
  let resources: ProfileResources;
  const processes: ProductProcess[] = [];

  beforeAll(async () => {
    resources = await profileResources('server', { tables: 'migrated' });
    const start = (): Promise<ProductProcess> => ProductProcess.start('api', resources.variables);
    processes.push(...(await Promise.all([start(), start()])));
  });

  afterAll(async () => {
    await Promise.all(processes.map((each) => each.stop()));
    await resources.drop();
  });

  it('gets every event once and in order, through 20 reconnects and a kill -9', async () => {
    await expectEveryEventOnce(
      () => processes,
      async (index) => {
        await processes[index].kill();
        // the one beside it goes on alone
        processes.splice(index, 1);
      },
    );
    expect(processes).toHaveLength(1);
  });

  it('is asked to reconnect by a process that stops, which does not wait for it', () =>
    expectFarewell(processes[0]));
});
