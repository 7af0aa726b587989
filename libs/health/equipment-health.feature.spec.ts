import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, it } from '#jest';
import { AlarmHttpModule, AlarmJobsModule } from '#alarm';
import { AnomalyJobsModule } from '#anomaly';
import { EquipmentService, PlantRegistration } from '#equipment';
import { loadDetectors, ModelStore } from '#ml';
import { EventLog, isoTime, ProcessClock } from '#platform';
import { TAGS } from '#tep';
import {
  describeOnBothProfiles,
  type DetectorModels,
  detectorModels,
  FeatureApp,
  simulatedRecords,
  waitFor,
} from '#testing';
import { type SampleRecord, SampleWriter, TagDirectory } from '#timeseries';
import type { EquipmentHealthDto, PlantHealthDto } from './dto/equipment-health.dto.js';
import type { EquipmentStatusDto } from './dto/equipment-status.dto.js';
import { EquipmentHealthService } from './equipment-health.service.js';
import { HealthScoreRepository, type StoredScore } from './health-score.repository.js';
import { HealthTracker } from './health-tracker.js';
import { HealthHttpModule } from './health.http.module.js';
import { HealthJobsModule } from './health.jobs.module.js';
import { ScoreRetention } from './score-retention.service.js';

const INTERVAL_MS = 180_000;
const HOUR_MS = 3_600_000;
const ROWS = 120;
const ONSET_ROW = 40;
const UNITS = 8;

const columnOf = (code: string): number => TAGS.findIndex((tag) => tag.code === code);

describeOnBothProfiles('equipment health', (profile) => {
  // The last record is 15 minutes old, on a whole hour's grid of three minutes.
  const start = Math.floor(Date.now() / INTERVAL_MS) * INTERVAL_MS - (ROWS + 4) * INTERVAL_MS;
  const timeOf = (row: number): number => start + row * INTERVAL_MS;
  // IDV 4: the reactor's cooling water is suddenly warmer; its valve has to open.
  const records = simulatedRecords(start, { seed: 4_242, idv: 4, faultOnsetHour: 2, hours: 6 });
  let models: DetectorModels;
  let app: FeatureApp;

  const get = async <Body>(path: string): Promise<Body> =>
    (await app.http.get(`/api/v1/${path}`).expect(200)).body as Body;
  const write = (some: SampleRecord[]) => app.get(SampleWriter).writeRecords(some);
  const stored = (): Promise<StoredScore[]> => app.get(HealthScoreRepository).findSamples(0, Date.now());
  const scores = async () =>
    (await stored())
      .map(({ equipmentId, ts, score }) => ({ equipmentId, ts, score }))
      .sort((a, b) => a.ts - b.ts || a.equipmentId - b.equipmentId);
  const scoredAt = (ts: number) =>
    waitFor('the sample to be scored', async () =>
      (await app.get(EquipmentHealthService).current()).every(({ at }) => at === ts),
    );

  /** The scores when all records come in order. */
  async function expectedScores(): Promise<Pick<StoredScore, 'equipmentId' | 'ts' | 'score'>[]> {
    const tags = [...(await app.get(TagDirectory).all()).values()];
    const codes = tags.map(({ code }) => code);
    const tracker = new HealthTracker(tags, undefined);
    const detectors = await loadDetectors(new ModelStore(models.variables.MODELS_DIR));
    return records.flatMap(({ ts, values }) => {
      const scores = detectors.map(({ name, detector, normalRatio }) => {
        const { statistic, limit, contributions } = detector.step(
          Float64Array.from(detector.tagCodes, (code) => values[columnOf(code)]),
        );
        const byTag = codes.map((code) => contributions[detector.tagCodes.indexOf(code)] ?? 0);
        return { detector: name, statistic, limit, normalRatio, contributions: Float64Array.from(byTag) };
      });
      const sample = {
        ts,
        values: Float64Array.from(codes, (code) => values[columnOf(code)]),
        unwatched: new Uint8Array(codes.length),
        isBlind: false,
        scores,
      };
      const units = tracker.step(sample, codes).map(({ equipmentId, score }) => ({ equipmentId, ts, score }));
      return units.sort((a, b) => a.equipmentId - b.equipmentId);
    });
  }

  beforeAll(async () => {
    models = await detectorModels();
    app = await FeatureApp.start({
      profile,
      imports: [AlarmHttpModule, AlarmJobsModule, AnomalyJobsModule, HealthHttpModule, HealthJobsModule],
      variables: models.variables,
    });
    await app.get(PlantRegistration).register();
  });

  afterAll(async () => {
    await app.stop();
    await models.drop();
  });

  it('is unknown before there are samples', async () => {
    expect(await get('equipment/REACTOR/status')).toMatchObject({
      eq_id: 'REACTOR',
      status: 'unknown',
      last_sample_at: null,
      score: null,
      open_anomalies: [],
    });
    const plant = await get<PlantHealthDto>('health/equipment');
    expect(plant).toMatchObject({ score: null, worst_eq_id: null });
    expect(plant.items).toHaveLength(UNITS);
  });

  it('is scored with every sample, the same whether or not some come late', async () => {
    await write([...records.slice(0, 62), ...records.slice(66)]);
    await scoredAt(timeOf(ROWS - 1));
    await write(records.slice(62, 66));
    const expected = await expectedScores();
    await waitFor('the scores with the late samples', async () =>
      isDeepStrictEqual(await scores(), expected),
    );
  });

  it('is good in normal operation and names the unit and the tag that a disturbance hits', async () => {
    const [before] = (await app.get(EquipmentHealthService).scoresIn(start, timeOf(ONSET_ROW))).sort(
      (a, b) => (a.mean ?? 0) - (b.mean ?? 0),
    );
    expect(before.mean).toBeGreaterThan(85);
    const plant = await get<PlantHealthDto>('health/equipment');
    expect(plant).toMatchObject({ worst_eq_id: 'REACTOR', band: 'poor' });
    const reactor = plant.items.find(({ eq_id }) => eq_id === 'REACTOR');
    expect(reactor?.score).toBe(plant.score);
    expect(reactor?.drivers[0]).toMatchObject({
      reason: 'deviation',
      tag: 'XMV_10',
      name: 'Reactor cooling-water valve',
    });
    const taken = reactor?.drivers.reduce((sum, { points }) => sum + points, 0) ?? NaN;
    // What takes less than half a point has no line of its own.
    expect(taken).toBeGreaterThan(95 - (reactor?.score ?? NaN));
    // Events have told of every unit what it is now, to a point.
    const { events } = await app.get(EventLog).eventsAfter(0, 10_000);
    const told = plant.items.map(({ eq_id }) => {
      const last = events.findLast(({ topic, scope }) => topic === 'health' && scope === eq_id);
      return Math.round((JSON.parse(last?.data ?? '{}') as { score: number }).score);
    });
    expect(told).toEqual(plant.items.map(({ score }) => Math.round(score ?? NaN)));
    expect(taken).toBeLessThanOrEqual(100.5);
  });

  it('has a history that shows the onset', async () => {
    const query = `from=${isoTime(start)}&to=${isoTime(timeOf(ROWS))}`;
    const health = await get<EquipmentHealthDto>(`equipment/REACTOR/health?${query}`);
    expect(health).toMatchObject({ eq_id: 'REACTOR', resolution_ms: INTERVAL_MS });
    expect(health.history).toHaveLength(ROWS);
    const lowest = (points: EquipmentHealthDto['history']) => Math.min(...points.map(({ score }) => score));
    expect(lowest(health.history.slice(0, ONSET_ROW))).toBeGreaterThan(60);
    expect(lowest(health.history.slice(ONSET_ROW))).toBeLessThan(50);
    const { history } = await get<EquipmentHealthDto>(
      `equipment/REACTOR/health?from=${isoTime(start - 90 * 24 * HOUR_MS)}`,
    );
    expect(history.length).toBeLessThanOrEqual(1_000);
    expect(history.length).toBeGreaterThan(1);
  });

  it('makes the status, with anomalies and limits that are reached', async () => {
    const status = await get<EquipmentStatusDto>('equipment/REACTOR/status');
    expect(status).toMatchObject({
      status: 'fault',
      last_sample_at: isoTime(timeOf(ROWS - 1)),
      band: 'poor',
    });
    expect(status.open_anomalies.length).toBeGreaterThan(0);
    expect(status.open_anomalies.every(({ eq_id, state }) => eq_id === 'REACTOR' && state === 'open')).toBe(
      true,
    );
    const values = records[ROWS - 1].values.slice();
    values[columnOf('XMEAS_07')] = 3_001;
    await write([{ ts: timeOf(ROWS), values }]);
    await scoredAt(timeOf(ROWS));
    expect(await get('equipment/REACTOR/status')).toMatchObject({
      status: 'fault',
      reason: 'Alarm limits reached: XMEAS_07 HH',
      limit_violations: [
        { tag: 'XMEAS_07', limit: 'HH', limit_value: 3_000, value: 3_001, unit: 'kPa gauge' },
      ],
    });
    await waitFor('the alarm', async () => {
      const { items } = await get<{ items: { limit: string }[] }>('alarms?tag=XMEAS_07&active=true');
      return items.some(({ limit }) => limit === 'HH');
    });
    // Back below HH, but not by the deadband of 64 kPa (2 % of the range), so that the alarm holds.
    values[columnOf('XMEAS_07')] = 2_990;
    await write([{ ts: timeOf(ROWS + 1), values }]);
    await scoredAt(timeOf(ROWS + 1));
    const held = await get<EquipmentStatusDto>('equipment/REACTOR/status');
    expect(held.limit_violations).toMatchObject([{ tag: 'XMEAS_07', limit: 'HH', value: 2_990 }]);
  });

  it('is stopped while the measurements repeat exactly', async () => {
    const { values } = records[0];
    await write([2, 3, 4].map((row) => ({ ts: timeOf(ROWS + row), values })));
    expect(await get('equipment/PRODUCT/status')).toMatchObject({
      status: 'stopped',
      score: null,
      last_sample_at: isoTime(timeOf(ROWS + 4)),
    });
  });

  it('keeps old scores by the hour', async () => {
    const reactor = await app.get(EquipmentService).require('REACTOR');
    const repository = app.get(HealthScoreRepository);
    const firstHour = Math.ceil(start / HOUR_MS) * HOUR_MS;
    const window = [firstHour, firstHour + 4 * HOUR_MS] as const;
    const before = await repository.history(reactor.id, ...window, HOUR_MS);
    expect(before).toHaveLength(4);
    const clock = app.get(ProcessClock);
    await clock.set({ timeMs: Date.now() + 7 * 24 * HOUR_MS, wallMs: Date.now(), rate: 0 });
    await app.get(ScoreRetention).sweep();
    const left = (await stored()).filter(({ ts }) => ts < window[1]);
    expect(left).toEqual([]);
    const after = await repository.history(reactor.id, ...window, HOUR_MS);
    expect(after.map(({ ts }) => ts)).toEqual(before.map((_, i) => firstHour + i * HOUR_MS));
    after.forEach(({ score, lowest }, i) => {
      expect(score).toBeCloseTo(before[i].score, 9);
      expect(lowest).toBe(before[i].lowest);
    });
    expect(await get('equipment/REACTOR/health')).toMatchObject({ score: null, band: null, drivers: [] });
    await clock.set({ timeMs: window[1] + 400 * 24 * HOUR_MS, wallMs: Date.now(), rate: 0 });
    await app.get(ScoreRetention).sweep();
    expect(await repository.history(reactor.id, ...window, HOUR_MS)).toEqual([]);
  });

  it.each([
    ['an unknown equipment', 'equipment/NOTHING/health', 404],
    ['an unknown equipment', 'equipment/NOTHING/status', 404],
    ['a code that is none', "equipment/x';--/status", 400],
    ['from after to', 'equipment/REACTOR/health?from=2026-01-02&to=2026-01-01', 400],
    ['more than 400 days', 'equipment/REACTOR/health?from=2024-01-01&to=2026-01-01', 400],
    ['a time that is none', 'equipment/REACTOR/health?from=yesterday', 400],
  ])('refuses %s', async (_what, path, status) => {
    const answer = await app.http.get(`/api/v1/${path}`).expect(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});
