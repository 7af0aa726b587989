import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '#jest';
import { gate, ModelStore, type StoredEvaluation } from '#ml';
import { describeOnBothProfiles, FeatureApp } from '#testing';
import { PredictionHttpModule } from './prediction.http.module.js';

const CARD = '/api/v1/models/forecast_lstm/1/card';
const EVALUATION: StoredEvaluation = {
  seed: 5,
  seeds: 20,
  headline: [{ figure: 'coverage_normal', set: 'simulated', value: 0.901, low: 0.899, high: 0.903 }],
  sets: [
    {
      set: 'simulated',
      description: 'simulated, 20 unseen seeds of normal operation and of each disturbance',
      runs: 440,
      rows: 422_400,
      figures: { normal: { runs: 20 } },
    },
  ],
};

describeOnBothProfiles('the card of a model version', (profile) => {
  let directory: string;
  let store: ModelStore;
  let app: FeatureApp;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'models-'));
    store = new ModelStore(directory);
    await store.save(
      {
        name: 'forecast_lstm',
        kind: 'forecast',
        created_at: '2026-01-01T00:00:00.000Z',
        data: { source: 'test' },
        seed: 1,
        git: null,
        training: {},
        gates: [gate('least_coverage', 0.9, 'min', 0.87)],
        quality: {},
        limits: [],
        licence: 'MIT',
      },
      new Map([['model.json', Buffer.from('{}')]]),
    );
    app = await FeatureApp.start({
      profile,
      imports: [PredictionHttpModule],
      queue: 'submits',
      variables: { MODELS_DIR: directory },
    });
  });

  afterAll(async () => {
    await app.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('says nothing of measurements that nobody has made', async () => {
    const { body } = await app.http.get(CARD).expect(200);
    expect(body).toMatchObject({ name: 'forecast_lstm', version: '1', evaluation: null });
  });

  it('shows what the version was measured at since, without a restart; the list of models does not', async () => {
    await store.saveEvaluation('forecast_lstm', '1', EVALUATION);
    const { body } = await app.http.get(CARD).expect(200);
    expect(body).toMatchObject({ kind: 'forecast', evaluation: EVALUATION });
    const list = await app.http.get('/api/v1/models').expect(200);
    expect(list.body.items).toHaveLength(1);
    expect(list.body.items[0]).not.toHaveProperty('evaluation');
  });

  it('does not exist for a version there is not', async () => {
    await app.http.get('/api/v1/models/forecast_lstm/2/card').expect(404);
  });
});
