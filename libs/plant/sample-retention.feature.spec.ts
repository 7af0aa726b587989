import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '#jest';
import { PlantRegistration } from '#equipment';
import { Database } from '#platform';
import { describeOnBothProfiles, FeatureApp } from '#testing';
import { SampleWriter } from '#timeseries';
import { PlantJobsModule } from './plant.jobs.module.js';
import { SampleRetentionSchedule } from './sample-retention.schedule.js';

const DAY_MS = 86_400_000;

describeOnBothProfiles('the removal of what is too old', (profile) => {
  let app: FeatureApp;

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile,
      imports: [PlantJobsModule],
      variables: { PLANT_SOURCE: 'external', RAW_RETENTION_DAYS: '10' },
    });
    await app.get(PlantRegistration).register();
    const now = Date.now();
    const values = new Float64Array(53).fill(1);
    await app.get(SampleWriter).writeRecords([
      { ts: now - 12 * DAY_MS, values },
      { ts: now - 8 * DAY_MS, values },
    ]);
    for (const [requestedAt, outcome] of [
      [now - 2 * DAY_MS, 'applied'],
      [now - 2 * DAY_MS, null],
      [now, 'applied'],
    ])
      await app
        .get(Database)
        .query(
          'INSERT INTO plant_command (kind, body, requested_by, requested_at, outcome) VALUES (?, ?, ?, ?, ?)',
          ['restart', '{"kind":"restart"}', 'test', requestedAt, outcome],
        );
  });

  afterAll(() => app.stop());

  async function count(table: string): Promise<number> {
    const [row] = await app.get(Database).query<{ n: string | number }>(`SELECT COUNT(*) AS n FROM ${table}`);
    return Number(row.n);
  }

  it('is left to one process at a time', async () => {
    const database = app.get(Database);
    await database.query(
      "INSERT INTO lease (name, holder, fence, expires_at) VALUES ('sample-retention', ?, 1, ?)",
      [randomUUID(), (await database.now()) + 60_000],
    );
    await app.get(SampleRetentionSchedule).sweep();
    expect(await count('timeseries_sample')).toBe(106);
    await database.query("UPDATE lease SET expires_at = 0 WHERE name = 'sample-retention'");
  });

  it('takes raw samples beyond the retention and commands handled a day ago', async () => {
    await app.get(SampleRetentionSchedule).sweep();
    expect(await count('timeseries_sample')).toBe(53);
    expect(await count('plant_command')).toBe(2);
  });
});
