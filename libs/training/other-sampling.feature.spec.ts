import { afterAll, beforeAll, expect, it } from '#jest';
import { EquipmentService } from '#equipment';
import { isoTime } from '#platform';
import { PredictionHttpModule, PredictionWindows } from '#prediction';
import { RECORD_LENGTH, simulateRun } from '#tep';
import { describeOnBothProfiles, FeatureApp, writePlantHistory } from '#testing';
import type { SampleRecord } from '#timeseries';
import { TrainingHttpModule } from './training.http.module.js';
import { TrainingRepository } from './training.repository.js';

const HOUR_MS = 3_600_000;
const TOO_SLOW = 'not watched: sampled every 300 s, learnt at 180 s';

/** Normal operation from `start` on. */
function recordsEvery(samplingS: number, hours: number, start: number): SampleRecord[] {
  const { values, rows } = simulateRun({ seed: 52, hours, samplingS });
  return Array.from({ length: rows }, (_, row) => ({
    ts: start + (row + 1) * samplingS * 1_000,
    values: values.slice(row * RECORD_LENGTH, (row + 1) * RECORD_LENGTH),
  }));
}

describeOnBothProfiles('models on a plant that is sampled otherwise than learnt', (profile) => {
  /** Eight hours every five minutes, a day's pause, six every minute, from a moment that is not on the models' grid. */
  const slowStart = Date.UTC(2026, 2, 1, 0, 0, 40);
  const fastStart = slowStart + 32 * HOUR_MS;
  const fast = recordsEvery(60, 6, fastStart);
  let app: FeatureApp;

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile,
      imports: [PredictionHttpModule, TrainingHttpModule],
      queue: 'submits',
    });
    await writePlantHistory(app, recordsEvery(300, 8, slowStart));
    await writePlantHistory(app, fast);
  });

  afterAll(() => app.stop());

  it('predict from no slower samples', async () => {
    const at = isoTime(slowStart + 8 * HOUR_MS);
    const { body } = await app.http.post('/api/v1/predictions').send({ eq_id: 'REACTOR', at }).expect(422);
    expect(body).toMatchObject({
      code: 'SAMPLING_NOT_LEARNT',
      detail: TOO_SLOW,
      sampled_every_ms: 300_000,
      learnt_every_ms: 180_000,
    });
    expect(body.tags).toContain('XMEAS_09');
    expect(body.tags).not.toContain('XMEAS_23');
  });

  it('predict from faster samples at the instants of their grid', async () => {
    const { timestamps, tags } = await app.get(PredictionWindows).read(fast[fast.length - 1].ts);
    expect(timestamps.every((ts) => (ts - fastStart) % 180_000 === 0)).toBe(true);
    expect(timestamps.length).toBeGreaterThan(110);
    const row = fast.findIndex(({ ts }) => ts === timestamps[5]);
    expect(tags.XMEAS_01[5]).toBe(fast[row].values[0]);
  });

  it('refuse to learn from slower samples before anything is queued', async () => {
    const window = { from: isoTime(slowStart), to: isoTime(slowStart + 8 * HOUR_MS) };
    const { body } = await app.http
      .post('/api/v1/models/zscore/train')
      .send({ windows: [window] })
      .expect(422);
    expect(body).toMatchObject({ code: 'SAMPLING_NOT_LEARNT', detail: TOO_SLOW });
    expect(await app.get(TrainingRepository).findUnfinished()).toBeNull();
  });

  it('predict nothing for a unit without tags, and say which field is to blame', async () => {
    await app.get(EquipmentService).create({ eq_id: 'FLARE', name: 'Flare', kind: 'flare', position: 990 });
    const { body } = await app.http.post('/api/v1/predictions').send({ eq_id: 'FLARE' }).expect(422);
    expect(body).toMatchObject({ code: 'EQUIPMENT_WITHOUT_TAGS', errors: [{ field: 'eq_id' }] });
  });
});
