import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '#jest';
import { Detectors } from '#anomaly';
import { HealthIndicators, projectPath } from '#platform';
import { describeOnBothProfiles, FeatureApp } from '#testing';
import type { ModelListDto } from './dto/model.dto.js';
import { PredictionHttpModule } from './prediction.http.module.js';

describeOnBothProfiles('a model store with versions nobody can read', (profile) => {
  let app: FeatureApp;
  let models: string;

  /** A copy of the shipped version 1 as version 2, with one file replaced or removed. */
  async function addFaulty(name: string, file: string, text: string | null): Promise<void> {
    const folder = join(models, name, '2');
    await cp(join(models, name, '1'), folder, { recursive: true });
    const card = JSON.stringify({ ...(await shippedCard(name)), version: '2' });
    await writeFile(join(folder, 'card.json'), card);
    await (text === null ? rm(join(folder, file)) : writeFile(join(folder, file), text));
  }

  async function shippedCard(name: string): Promise<object> {
    const { body } = await app.http.get(`/api/v1/models/${name}/1/card`).expect(200);
    return body as object;
  }

  beforeAll(async () => {
    models = await mkdtemp(join(tmpdir(), 'tep-faulty-models-'));
    await cp(projectPath('models'), models, { recursive: true });
    app = await FeatureApp.start({
      profile,
      imports: [PredictionHttpModule],
      queue: 'submits',
      variables: { MODELS_DIR: models },
    });
    await addFaulty('innovation_bank', 'weights.bin', 'short');
    await addFaulty('zscore', 'weights.bin', null);
    await addFaulty('forecast_lstm', 'card.json', '{"name":');
  });

  afterAll(async () => {
    await app.stop();
    await rm(models, { recursive: true, force: true });
  });

  it('lists the others, the newest of them in use', async () => {
    const { items } = (await app.http.get('/api/v1/models').expect(200)).body as ModelListDto;
    expect(items.every(({ version, active }) => version === '1' && active)).toBe(true);
    expect(items.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['innovation_bank', 'zscore', 'forecast_lstm']),
    );
  });

  it('gives the scorer all its detectors', async () => {
    const streams = await app.get(Detectors).openStreams();
    const versions = streams.map(({ loaded }) => [loaded.name, loaded.version]);
    expect(versions).toEqual(
      expect.arrayContaining([
        ['innovation_bank', '1'],
        ['zscore', '1'],
      ]),
    );
  });

  it('is degraded, and says which versions they are and why', async () => {
    const { models: reading } = await app.get(HealthIndicators).read();
    expect(reading).toMatchObject({
      status: 'degraded',
      active: { innovation_bank: '1', zscore: '1', forecast_lstm: '1' },
      unreadable: [
        { name: 'forecast_lstm', version: '2', file: 'card.json', reason: 'is not JSON' },
        { name: 'innovation_bank', version: '2', file: 'weights.bin', reason: 'differs from its checksum' },
        { name: 'zscore', version: '2', file: 'weights.bin', reason: 'is missing' },
      ],
    });
  });

  it('refuses a request for one of them with the reason', async () => {
    const card = await app.http.get('/api/v1/models/forecast_lstm/2/card').expect(422);
    expect(card.body).toMatchObject({
      code: 'MODEL_NOT_USABLE',
      detail: 'forecast_lstm 2: card.json is not JSON',
    });
  });
});
