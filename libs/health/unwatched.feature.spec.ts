import { afterAll, beforeAll, expect, it } from '#jest';
import { AnomalyHttpModule, AnomalyJobsModule } from '#anomaly';
import { EquipmentHttpModule, EquipmentService, PlantRegistration } from '#equipment';
import { HealthIndicators, isoTime, Metrics } from '#platform';
import { RECORD_LENGTH, simulateRun, TAGS } from '#tep';
import { describeOnBothProfiles, type DetectorModels, detectorModels, FeatureApp, waitFor } from '#testing';
import {
  type SampleRecord,
  SampleWriter,
  type SensorDto,
  TagDirectory,
  TimeseriesHttpModule,
} from '#timeseries';
import type { EquipmentHealthDto, PlantHealthDto } from './dto/equipment-health.dto.js';
import type { EquipmentStatusDto } from './dto/equipment-status.dto.js';
import { EquipmentHealthService } from './equipment-health.service.js';
import { HealthScoreRepository } from './health-score.repository.js';
import { HealthHttpModule } from './health.http.module.js';
import { HealthJobsModule } from './health.jobs.module.js';

const TOO_SLOW = 'not watched: sampled every 300 s, learnt at 180 s';

/** Normal operation that ends now; tags that do not match are not sent. */
function recordsEvery(samplingS: number, hours: number, sent = (_code: string) => true): SampleRecord[] {
  const { values, rows } = simulateRun({ seed: 51, hours, samplingS });
  const start = Date.now() - rows * samplingS * 1_000;
  return Array.from({ length: rows }, (_, row) => ({
    ts: start + row * samplingS * 1_000,
    values: Float64Array.from(TAGS, ({ code }, tag) =>
      sent(code) ? values[row * RECORD_LENGTH + tag] : NaN,
    ),
  }));
}

describeOnBothProfiles('what is not watched', (profile) => {
  let models: DetectorModels;
  let app: FeatureApp;

  const get = async <Body>(path: string): Promise<Body> =>
    (await app.http.get(`/api/v1/${path}`).expect(200)).body as Body;

  /** A plant of its own. */
  async function startWith(records: readonly SampleRecord[]): Promise<void> {
    app = await FeatureApp.start({
      profile,
      imports: [
        EquipmentHttpModule,
        TimeseriesHttpModule,
        HealthHttpModule,
        HealthJobsModule,
        AnomalyHttpModule,
        AnomalyJobsModule,
      ],
      variables: models.variables,
    });
    await app.get(PlantRegistration).register();
    await app.get(SampleWriter).writeRecords(records);
  }

  beforeAll(async () => {
    models = await detectorModels();
  });

  afterAll(() => models.drop());

  it('are units that never sent anything, from the first sample on', async () => {
    const reactor = TAGS.filter(({ equipmentCode }) => equipmentCode === 'REACTOR').map(({ code }) => code);
    const records = recordsEvery(180, 0.4, (code) => reactor.includes(code));
    await startWith(records.slice(0, 1));
    try {
      await app.http
        .post('/api/v1/equipment')
        .send({ eq_id: 'FLARE', name: 'Flare stack', kind: 'flare' })
        .expect(201);
      await waitFor('the first score', async () =>
        (await app.get(EquipmentHealthService).current()).some(({ score }) => score !== null),
      );
      await app.get(SampleWriter).writeRecords(records.slice(1));
      const { id } = await app.get(EquipmentService).require('PURGE');
      await waitFor('the last score', async () => {
        const scored = await app.get(HealthScoreRepository).findSamples(0, Date.now() + 1);
        return scored.some(({ ts }) => ts === records.at(-1)?.ts) && scored;
      });
      const scored = await app.get(HealthScoreRepository).findSamples(0, Date.now() + 1);
      expect(scored.filter(({ equipmentId }) => equipmentId === id)).toEqual([]);
      const plant = await get<PlantHealthDto>('health/equipment');
      const watched = plant.items.filter(({ watch }) => watch.state === 'watched').map(({ eq_id }) => eq_id);
      expect(watched).toEqual(['REACTOR']);
      const never = 'not watched: none of its tags has ever sent a value';
      expect(plant.items.find(({ eq_id }) => eq_id === 'PURGE')).toMatchObject({
        score: null,
        band: null,
        watch: { state: 'unwatched', reason_code: 'never_sent', reason: never },
      });
      expect(await get<EquipmentStatusDto>('equipment/PURGE/status')).toMatchObject({
        status: 'unwatched',
        score: null,
        reason: 'Not watched: none of its tags has ever sent a value',
      });
      expect(await get<EquipmentStatusDto>('equipment/FLARE/status')).toMatchObject({
        status: 'unwatched',
        score: null,
        watch: { reason_code: 'no_tags' },
      });
      expect(await get<EquipmentStatusDto>('equipment/REACTOR/status')).toMatchObject({
        watch: { state: 'watched', sampled_every_ms: 180_000 },
      });
      const { items } = await get<{ items: SensorDto[] }>('equipment/PURGE/sensors');
      expect(items[0]).toMatchObject({
        latest: null,
        watch: { state: 'unwatched', reason_code: 'never_sent' },
      });
      const metrics = await app.get(Metrics).registry.metrics();
      expect(metrics).toMatch(/^unwatched_equipment 8$/m);
      expect(metrics).toMatch(
        new RegExp(`^unwatched_tags\\{reason="never_sent"\\} ${TAGS.length - reactor.length}$`, 'm'),
      );
    } finally {
      await app.stop();
    }
  });

  it('is a plant that is sampled every five minutes: no alarm, no score, and everything says why', async () => {
    const records = recordsEvery(300, 6);
    await startWith(records);
    try {
      await waitFor('the samples to be looked at', async () => {
        const { scorer } = await app.get(HealthIndicators).read();
        return Number(scorer.lag_ms) < 600_000;
      });
      expect(await get('anomalies')).toMatchObject({ items: [] });
      const plant = await get<PlantHealthDto>('health/equipment');
      expect(plant).toMatchObject({ score: null, worst_eq_id: null });
      expect(new Set(plant.items.map(({ watch }) => watch.reason))).toEqual(new Set([TOO_SLOW]));
      expect(await get<EquipmentHealthDto>('equipment/REACTOR/health')).toMatchObject({
        score: null,
        watch: { state: 'unwatched', reason_code: 'slower', sampled_every_ms: 300_000 },
      });
      expect(await get<EquipmentStatusDto>('equipment/REACTOR/status')).toMatchObject({
        status: 'unwatched',
        reason: `N${TOO_SLOW.slice(1)}`,
      });
      const { items } = await get<{ items: SensorDto[] }>('equipment/REACTOR/sensors?limit=100');
      const reasonOf = (code: string) => items.find(({ tag }) => tag === code)?.watch.reason;
      expect(reasonOf('XMEAS_09')).toBe(TOO_SLOW);
      expect(reasonOf('XMEAS_23')).toBeNull();
      expect((await app.get(HealthIndicators).read()).watch).toMatchObject({
        status: 'degraded',
        detectors: 'unwatched',
        reason: TOO_SLOW,
        sampled_every_ms: 300_000,
        learnt_every_ms: 180_000,
      });
      const scan = await app.http
        .post('/api/v1/anomalies/scan')
        .send({ from: isoTime(records[20].ts), to: isoTime(records[60].ts) })
        .expect(422);
      expect(scan.body).toMatchObject({ code: 'SAMPLING_NOT_LEARNT', detail: TOO_SLOW });
    } finally {
      await app.stop();
    }
  });

  it('is one tag among others that is sampled too seldom, which takes points from its unit', async () => {
    const records = recordsEvery(180, 3);
    const column = TAGS.findIndex(({ code }) => code === 'XMEAS_09');
    records.forEach(({ values }, row) => {
      if (row % 5 !== 0) values[column] = NaN;
    });
    await startWith(records);
    try {
      const last = records.at(-1)?.ts;
      await waitFor('the last score', async () =>
        (await app.get(EquipmentHealthService).current()).every(({ at }) => at === last),
      );
      const { drivers, watch } = await get<EquipmentHealthDto>('equipment/REACTOR/health');
      const tags = [...(await app.get(TagDirectory).all()).values()];
      const { id } = await app.get(EquipmentService).require('REACTOR');
      const own = tags.filter(({ equipmentId }) => equipmentId === id).length;
      expect(watch.state).toBe('watched');
      // All sensors together are worth 50 points.
      expect(drivers).toContainEqual(
        expect.objectContaining({ reason: 'sampling', tag: 'XMEAS_09', points: Math.round(500 / own) / 10 }),
      );
    } finally {
      await app.stop();
    }
  });
});
