import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '#jest';
import { AlarmHttpModule } from '#alarm';
import { PlantRegistration } from '#equipment';
import { projectPath } from '#platform';
import { describeOnBothProfiles, FeatureApp } from '#testing';
import { hasKeptPlans, queryPlans, statementsOf } from './factories/query-plans.fixture.js';

/** Set to keep the statements and plans of now. */
const KEEP = process.env.KEEP_QUERY_PLANS === '1';

describeOnBothProfiles('statements and their plans', (profile) => {
  let app: FeatureApp;

  beforeAll(async () => {
    app = await FeatureApp.start({ profile, imports: [AlarmHttpModule] });
    await app.get(PlantRegistration).register();
  });

  afterAll(() => app.stop());

  it('are those that are kept', async () => {
    const file = projectPath('test', 'golden', `query-plans.${profile}.txt`);
    const plans = await queryPlans(app);
    if (KEEP) await writeFile(file, plans);
    const kept = await readFile(file, 'utf8');
    if (await hasKeptPlans(app)) expect(plans).toBe(kept);
    else expect(statementsOf(plans)).toBe(statementsOf(kept));
  });
});
