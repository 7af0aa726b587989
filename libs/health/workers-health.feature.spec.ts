import { afterAll, beforeAll, expect, it } from '#jest';
import { Database, HealthIndicators } from '#platform';
import { describeOnBothProfiles, FeatureApp, waitFor } from '#testing';
import type { SystemHealthDto } from './dto/system-health.dto.js';
import { SystemHealthModule } from './system-health.module.js';

describeOnBothProfiles('the workers in the health of the product', (profile) => {
  let app: FeatureApp;

  beforeAll(async () => {
    app = await FeatureApp.start({ profile, imports: [SystemHealthModule] });
    const database = app.get(Database);
    // Of a worker elsewhere, that nothing but the tests lets beat.
    await database.query(
      "INSERT INTO process_heartbeat (process_id, role, host, started_at, seen_at) VALUES ('w', 'worker', 'h', 0, 0)",
    );
  });

  afterAll(() => app.stop());

  it.each([
    [0, 200, 'up'],
    [30_000, 200, 'degraded'],
    [90_000, 503, 'down'],
  ])('with a heartbeat %i ms old: %i, %s', async (ageMs, status, workers) => {
    const database = app.get(Database);
    const seenAt = (await database.now()) - ageMs;
    await database.query('UPDATE process_heartbeat SET seen_at = ?', [seenAt]);
    // Readings are up to a second old.
    const health = await waitFor('the workers to be seen so', async () => {
      const answer = await app.http.get('/api/v1/health');
      return (answer.body as SystemHealthDto).checks.workers.status === workers && answer;
    });
    expect(health).toMatchObject({ status, body: { status: workers } });
  });

  it('is read once for all who ask at the same time, and anew a second later', async () => {
    let asked = 0;
    app
      .get(HealthIndicators)
      .register('part', () => Promise.resolve({ status: asked++ === 0 ? 'up' : 'degraded' }));
    const part = async (): Promise<string | undefined> =>
      ((await app.http.get('/api/v1/health')).body as SystemHealthDto).checks.part?.status;
    await waitFor('an answer that knows the part', part);
    expect(asked).toBe(1);
    await Promise.all(Array.from({ length: 20 }, part));
    await waitFor('the change of the part', async () => (await part()) === 'degraded');
  });
});
