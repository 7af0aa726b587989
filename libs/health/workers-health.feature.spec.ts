import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Database, Heartbeats } from '#platform';
import { describeOnBothProfiles, FeatureApp } from '#testing';
import { SystemHealthModule } from './system-health.module.js';

describeOnBothProfiles('the workers in the health of the product', (profile) => {
  let app: FeatureApp;

  beforeAll(async () => {
    app = await FeatureApp.start({ profile, imports: [SystemHealthModule] });
    await app.get(Heartbeats).start('worker');
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
    const { body } = await app.http.get('/api/v1/health').expect(status);
    expect(body).toMatchObject({ status: workers, checks: { workers: { status: workers } } });
  });
});
