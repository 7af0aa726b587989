import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '#jest';
import type { Anomaly } from '#anomaly';
import { EquipmentService, SensorTagService } from '#equipment';
import { detectorFiles, gate, ModelStore, type PlantPrediction, ZScoreDetector } from '#ml';
import { Database, isoTime } from '#platform';

import { describeOnBothProfiles, FeatureApp, writePlantHistory } from '#testing';
import { TAGS, tagIndex } from '#tep';
import { BAD_QUALITY, type SampleRecord, SampleWriter, TagDirectory } from '#timeseries';
import { insertAnomaly } from '../../../test/factories/anomaly.fixture.js';
import { aModelCard } from '../../../test/factories/model-card.fixture.js';
import { AlarmGathering } from './alarm.gathering.js';
import { AnomalyGathering, commentsOn } from './anomaly.gathering.js';
import { HealthGathering } from './health.gathering.js';
import { KpiGathering } from './kpi.gathering.js';
import { type PlantNames, plantNames } from './plant-names.js';
import { PredictionGathering } from './prediction.gathering.js';
import { QualityGathering } from './quality.gathering.js';
import { ReportJobsModule } from '../report.jobs.module.js';
import { TrendGathering } from './trend.gathering.js';

const MINUTE_MS = 60_000;
const STEP_MS = 3 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** The period, two hours of 20 samples each; two hours before it were worse. */
const FROM = Date.UTC(2026, 2, 1);
const TO = FROM + 2 * HOUR_MS;
/** The clock on the wall runs behind that of the plant. */
const WALL = FROM - HOUR_MS;
const BEFORE = FROM - 2 * HOUR_MS;
const PERIOD = { from: FROM, to: TO };
/** Rows of the time before that never arrived: there are 18 min between the ninth and the fifteenth. */
const LOST_ROWS = [10, 11, 12, 13, 14];

/** The plant at its base values but for some tags; the pressure rises all the time, for a plant that repeats itself stands still. */
function aRecord(ts: number, changes: Record<string, number>): SampleRecord {
  const values = Float64Array.from(TAGS, ({ baseValue }) => baseValue);
  for (const [code, value] of Object.entries(changes)) values[tagIndex(code)] = value;
  return { ts, values };
}

/** Product flows at 11 m³/h before, then at 20 for an hour and at 24 for another; half the period it is off specification. */
const RECORDS = [
  ...Array.from({ length: 40 }, (_, row) =>
    aRecord(BEFORE + row * STEP_MS, { XMEAS_17: 11, XMEAS_40: 53.724, XMEAS_07: 2_700 - row }),
  ).filter((_, row) => !LOST_ROWS.includes(row)),
  ...Array.from({ length: 40 }, (_, row) =>
    aRecord(FROM + row * STEP_MS, {
      XMEAS_17: row < 20 ? 20 : 24,
      // one of four 6 mol% too much, one of four too little: good is within 5, and the mean stays
      XMEAS_40: 53.724 + [0, 6, 0, -6][row % 4],
      XMEAS_07: 2_700 + row,
    }),
  ),
];

/** |pressure − 2700| / 10, which the history's row r of the period makes r / 10. */
function aPressureDetector(): ZScoreDetector {
  return ZScoreDetector.fromArtifact({
    meta: { detector: 'zscore', tagCodes: ['XMEAS_07'], limit: 3 },
    tensors: { mean: Float64Array.of(2_700), standardDeviation: Float64Array.of(10) },
  });
}

function anAnomalyRow(changes: Partial<Anomaly> = {}): Omit<Anomaly, 'id' | 'incidentId'> {
  return {
    detector: 'zscore',
    modelVersion: '1',
    equipmentId: null,
    lotId: null,
    state: 'closed',
    severity: 'low',
    startedAt: FROM,
    detectedAt: FROM,
    endedAt: FROM + HOUR_MS,
    peakAt: FROM,
    peakScore: 6,
    threshold: 3,
    sampleCount: 20,
    contributions: [],
    acknowledgedAt: null,
    acknowledgedPlantAt: null,
    acknowledgedBy: null,
    comment: null,
    ...changes,
  };
}

/** Tags in the order of the models, each likelier to cross a limit than the one before, and one the plant does not have. */
const FORECAST_TAGS = ['XMEAS_01', 'XMEAS_02', 'XMEAS_03', 'XMEAS_07', 'XMEAS_09', 'PI_101'];

function aResult(at: number): PlantPrediction {
  const fault = (idv: number, probability: number): PlantPrediction['fault_classes'][number] => ({
    class: 'disturbance',
    idv,
    title: `IDV ${idv}`,
    title_ko: `IDV ${idv}`,
    probability,
    cause: null,
    cause_ko: null,
    expected_tags: [],
  });
  return {
    at: isoTime(at),
    context_rows: 40,
    models: {
      detector: { name: 'zscore', version: '1' },
      diagnosis: { name: 'diagnosis_lstm', version: '1' },
      forecast: { name: 'forecast_lstm', version: '1' },
    },
    detector: { statistic: 1.9, limit: 3, alarm: false },
    fault_probability: 0.8,
    fault_classes: [
      fault(4, 0.4),
      { ...fault(0, 0.2), class: 'normal', idv: null },
      { ...fault(0, 0.15), class: 'unknown', idv: null },
      fault(1, 0.1),
      fault(2, 0.06),
      fault(5, 0.05),
      fault(6, 0.04),
    ],
    forecast: FORECAST_TAGS.map((tag, i) => ({
      tag,
      unit: 'kPa',
      crossing_probability: (i + 1) / 10,
      steps: [{ at: isoTime(at + STEP_MS), value: 10 + i, low: 9, high: 12 }],
    })),
    feature_importance: {
      method: 'integrated_gradients',
      explains: 'IDV 4',
      completeness_gap: 0,
      tags: TAGS.slice(0, 9).map(({ code }, i) => ({ tag: code, attribution: 9 - i, share: 0.1 })),
    },
  };
}

describeOnBothProfiles('what reports gather', (profile) => {
  let folder: string;
  let app: FeatureApp;
  let names: PlantNames;
  let idOf: (unit: string) => number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tep-gathering-'));
    app = await FeatureApp.start({
      profile,
      imports: [ReportJobsModule.forRoot({ besideRequests: true })],
      queue: 'submits',
      variables: { MODELS_DIR: folder },
    });
    await writePlantHistory(app, RECORDS);
    const units = await app.get(EquipmentService).findAll();
    idOf = (code) => units.find((unit) => unit.code === code)?.id ?? NaN;
    names = plantNames(units, await app.get(TagDirectory).all());
  });

  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });

  it('KPIs of the period and of the one before, and their course', async () => {
    const kpis = await app.get(KpiGathering).kpis(FROM, TO, 'UTC');
    const figure = (name: string) => kpis.find((kpi) => kpi.name === name);
    expect(kpis.map(({ name, better }) => [name, better])).toEqual([
      ['production_rate', 'higher'],
      ['product_g_mass_percent', 'neither'],
      ['quality_ratio', 'higher'],
      ['yield', 'higher'],
      ['operating_cost', 'lower'],
      ['operating_cost_per_kmol', 'lower'],
      ['efficiency', 'higher'],
      ['availability', 'higher'],
    ]);
    // of the same mixture: mean flow (20 + 24) / 2 = 22 against 11, and 20 to 24 from hour to hour
    const rate = figure('production_rate');
    expect((rate?.value ?? NaN) / (rate?.previous ?? NaN)).toBeCloseTo(22 / 11, 9);
    expect(rate?.trend.times).toEqual([FROM, FROM + HOUR_MS]);
    expect((rate?.trend.values[1] ?? NaN) / (rate?.trend.values[0] ?? NaN)).toBeCloseTo(24 / 20, 9);
    // two of four samples are off by 6 mol%; before, none was
    expect(figure('quality_ratio')).toMatchObject({ value: 50, previous: 100 });
    expect(figure('availability')).toMatchObject({ value: 100, trend: { values: [100, 100] } });
  });

  it('the mean product flow of a stretch, and none where there are no samples', async () => {
    const kpis = app.get(KpiGathering);
    expect(await kpis.productionVolumeRate(FROM, TO)).toBeCloseTo(22, 9);
    expect(await kpis.productionVolumeRate(FROM + HOUR_MS, TO)).toBeCloseTo(24, 9);
    expect(await kpis.productionVolumeRate(TO, TO + HOUR_MS)).toBeNull();
  });

  it('what the alarm system showed, and the most frequent alarms', async () => {
    const database = app.get(Database);
    const pressure = names.tagOf('XMEAS_07');
    await database.query(
      "INSERT INTO alarm (kind, tag_id, limit_name, equipment_id, priority) VALUES ('limit', ?, 'H', ?, 'high')",
      [pressure?.id, pressure?.equipmentId],
    );
    const [{ id }] = await database.query<{ id: number }>('SELECT id FROM alarm');
    // two in the period, of which one was not shown, and one after it
    for (const [ts, annunciated] of [
      [FROM, 1],
      [FROM + HOUR_MS, 0],
      [TO, 1],
    ])
      await database.query(
        `INSERT INTO alarm_journal (alarm_id, event, cause, plant_at, wall_at, state, priority, annunciated)
         VALUES (?, 'activated', 'sample', ?, ?, 'unacknowledged', 'high', ?)`,
        [id, ts, ts, annunciated],
      );
    const system = await app.get(AlarmGathering).inPeriod(FROM, TO);
    expect(system).toMatchObject({ alarms: 1, top: [{ tag: names.tag('XMEAS_07'), limit: 'H', alarms: 1 }] });
    // one alarm in two hours of six tens of minutes, and all of them of high priority
    const rate = system?.figures.find(({ label }) => label === 'Average rate');
    expect(rate?.value).toBeCloseTo(1 / 12, 12);
    expect(system?.figures.filter(({ met }) => met === false).map(({ label }) => label)).toEqual([
      'High and critical priority',
    ]);
  });

  it('how much of the data arrived, and where there are gaps', async () => {
    const quality = app.get(QualityGathering);
    // every 3 min 22 measurements and 12 valves, every 6 min 14 gas analyses, every 15 min 5 of the product
    const expected = 34 * 40 + 14 * 20 + 5 * 8;
    expect(await quality.inPeriod(FROM, TO)).toEqual({
      expectedSamples: expected,
      receivedSamples: expected,
      badSamples: 0,
      gaps: [],
    });
    const before = await quality.inPeriod(BEFORE, FROM);
    // 35 of 40 rows arrived, which are enough for the analysers; 18 min are more than three of their samples to the others
    expect(before).toMatchObject({ expectedSamples: expected, receivedSamples: expected - 34 * 5 });
    expect(before?.gaps).toHaveLength(34);
    expect(before?.gaps[0]).toEqual({
      ...names.tag('XMEAS_01'),
      fromMs: BEFORE + 9 * STEP_MS,
      toMs: BEFORE + 15 * STEP_MS,
    });
    expect(await quality.inPeriod(FROM, FROM + 48 * HOUR_MS + 1)).toBeUndefined();
  });

  it('trends of tags that exist, with their limits and bands', async () => {
    const bands = [{ from: FROM, to: FROM + HOUR_MS }];
    const trends = await app.get(TrendGathering).trends(['XMEAS_07', 'PI_101'], PERIOD, bands);
    expect(trends).toEqual([
      {
        code: 'XMEAS_07',
        name: 'Reactor pressure',
        nameKo: '반응기 압력',
        unit: 'kPa gauge',
        series: {
          times: Float64Array.from({ length: 40 }, (_, row) => FROM + row * STEP_MS),
          values: Float64Array.from({ length: 40 }, (_, row) => 2_700 + row),
        },
        limits: { ll: null, l: null, h: 2_895, hh: 3_000 },
        anomalyBands: bands,
      },
    ]);
  });

  it('every third of 801 samples, the last one included', async () => {
    const tagId = names.tagOf('XMV_01')?.id ?? NaN;
    const from = Date.UTC(2026, 0, 1);
    const points = Array.from({ length: 801 }, (_, i) => ({ tagId, ts: from + i * MINUTE_MS, value: i }));
    await app.get(SampleWriter).write(points);
    const [series] = await app.get(TrendGathering).series([tagId], { from, to: from + 801 * MINUTE_MS });
    // 400 points at the most: 801 / 400 is more than two, so it is 2, 5 … 800
    expect(Array.from(series.values)).toEqual(Array.from({ length: 267 }, (_, i) => 2 + 3 * i));
  });

  it('the last score of every unit in the period with what costs most, and a unit with its course and sensors', async () => {
    const drivers = [40, 10, 6, 4].map((points) => ({
      reason: 'deviation',
      tag: 'XMEAS_07',
      points,
      limit: null,
    }));
    const limit = [{ reason: 'limit', tag: 'XMEAS_12', points: 15, limit: 'H' }];
    const scores: [unit: string, ts: number, score: number, drivers: object[]][] = [
      ['REACTOR', FROM, 95, []],
      ['REACTOR', FROM + HOUR_MS, 40, drivers],
      ['SEPARATOR', FROM, 79.9, limit],
      ['STRIPPER', FROM, 80, []],
      // not in the period any more
      ['REACTOR', TO, 10, []],
      ['FEED', BEFORE, 90, []],
    ];
    for (const [unit, ts, score, costs] of scores)
      await app
        .get(Database)
        .query(
          'INSERT INTO health_score (equipment_id, ts, span_ms, samples, score, lowest, drivers) VALUES (?, ?, 0, 1, ?, ?, ?)',
          [idOf(unit), ts, score, score, JSON.stringify(costs)],
        );
    const health = app.get(HealthGathering);
    const units = await health.health(PERIOD, names);
    expect(units.map(({ code, state, score, lowest }) => [code, state, score, lowest])).toEqual([
      ['FEED', 'unknown', null, null],
      ['REACTOR', 'fault', 40, 40],
      ['CONDENSER', 'unknown', null, null],
      ['SEPARATOR', 'warning', 79.9, 79.9],
      ['COMPRESSOR', 'unknown', null, null],
      ['PURGE', 'unknown', null, null],
      ['STRIPPER', 'running', 80, 80],
      ['PRODUCT', 'unknown', null, null],
    ]);
    const source = names.tag('XMEAS_07');
    expect(units[1].drivers).toEqual(
      [40, 10, 6].map((points) => ({ reason: 'deviation', label: 'deviation', source, points })),
    );
    expect(units[3].drivers).toMatchObject([{ reason: 'limit', label: 'H', points: 15 }]);

    const tags = await app.get(SensorTagService).findByEquipment(idOf('REACTOR'));
    const reactor = await health.equipment(idOf('REACTOR'), PERIOD, names, tags);
    expect(reactor).toMatchObject({ code: 'REACTOR', kind: 'reactor', score: 40, lowest: 40 });
    expect(reactor.scoreTrend).toEqual({ times: [FROM, FROM + HOUR_MS], values: [95, 40] });
    expect(reactor.sensors).toHaveLength(tags.length);
    expect(reactor.sensors.find(({ code }) => code === 'XMEAS_07')).toMatchObject({
      value: 2_700 + 39,
      readAtMs: FROM + 39 * STEP_MS,
      limits: { h: 2_895, hh: 3_000 },
    });
  });

  it('anomalies, the most severe and then the newest first, and what people said to them', async () => {
    for (let i = 0; i < 15; i++) await insertAnomaly(app, anAnomalyRow({ startedAt: FROM + i * MINUTE_MS }));
    const high = await insertAnomaly(
      app,
      anAnomalyRow({
        severity: 'high',
        equipmentId: idOf('REACTOR'),
        contributions: [{ tag: 'XMEAS_07', share: 0.7 }],
        acknowledgedAt: WALL,
        acknowledgedPlantAt: TO,
        acknowledgedBy: 'kim',
        comment: 'Cooling water',
      }),
    );
    const late = anAnomalyRow({ severity: 'high', startedAt: FROM + HOUR_MS, endedAt: null, state: 'open' });
    const later = await insertAnomaly(app, { ...late, acknowledgedAt: WALL + 1, comment: '' });
    await insertAnomaly(app, anAnomalyRow({ severity: 'critical', startedAt: TO }));

    const gathering = app.get(AnomalyGathering);
    const { listed, count, rows } = await gathering.inPeriod(FROM, TO, names);
    expect(count).toBe(17);
    // 15 are listed: both severe ones and the 13 newest of the others, of which minute 14 is the newest
    expect(listed.map(({ id, startMs }) => [id, startMs])).toEqual([
      [String(later), FROM + HOUR_MS],
      [String(high), FROM],
      ...Array.from({ length: 13 }, (_, i) => [expect.any(String), FROM + (14 - i) * MINUTE_MS]),
    ]);
    expect(listed[1]).toEqual({
      id: String(high),
      severity: 'high',
      state: 'closed',
      startMs: FROM,
      endMs: FROM + HOUR_MS,
      detector: 'zscore',
      equipment: names.equipment(idOf('REACTOR')),
      peakScore: 6,
      threshold: 3,
      contributions: [{ ...names.tag('XMEAS_07'), share: 0.7 }],
      acknowledgement: { at: { plantMs: TO, wallMs: WALL }, by: 'kim', comment: 'Cooling water' },
    });
    expect(commentsOn(rows)).toEqual([
      { at: { plantMs: TO, wallMs: WALL }, author: 'kim', text: 'Cooling water' },
    ]);
    expect((await gathering.inPeriod(FROM, TO, names, idOf('REACTOR'))).listed).toHaveLength(1);
  });

  it('one anomaly with the score of its detector, and without where the detector is not to be had', async () => {
    const gathering = app.get(AnomalyGathering);
    const id = await insertAnomaly(app, anAnomalyRow());
    expect((await gathering.one(id, PERIOD, names)).facts.scoreTrend).toBeUndefined();
    const detector = aPressureDetector();
    await app.get(ModelStore).save(aModelCard(), detectorFiles(detector.toArtifact()));
    const { facts } = await gathering.one(id, PERIOD, names);
    // the pressure is 2700 + r in row r: r / 10
    expect(facts.scoreTrend).toEqual({
      times: Array.from({ length: 40 }, (_, row) => FROM + row * STEP_MS),
      values: Array.from({ length: 40 }, (_, row) => row / 10),
    });
  });

  it('what a prediction says, and the cards of its models', async () => {
    const store = app.get(ModelStore);
    const bytes = new Map([['model.json', Buffer.from('{}')]]);
    await store.save(
      aModelCard({
        name: 'diagnosis_lstm',
        kind: 'diagnosis',
        gates: [gate('macro_recall', 0.9, 'min', 0.8), gate('latency_ms', 9, 'max', 5)],
        limits: ['One.', 'Two.'],
      }),
      bytes,
    );
    await store.save(aModelCard({ name: 'forecast_lstm', kind: 'forecast' }), bytes);
    const headline = [{ figure: 'macro_recall', set: 'simulated' as const, value: 0.9, low: 0.8, high: 1 }];
    await store.saveEvaluation('diagnosis_lstm', '1', { seed: 1, seeds: 1, headline, sets: [] });

    const gathering = app.get(PredictionGathering);
    const at = FROM + 19 * STEP_MS;
    const { forecasts, fault, models } = await gathering.gather(aResult(at), names);
    // the likeliest four of six; the likeliest of all is no tag of the plant
    expect(forecasts.map(({ code, crossingProbability }) => [code, crossingProbability])).toEqual([
      ['XMEAS_09', 0.5],
      ['XMEAS_07', 0.4],
      ['XMEAS_03', 0.3],
    ]);
    expect(forecasts[1].steps).toEqual({ times: [at + STEP_MS], values: [13], low: [9], high: [12] });
    expect(forecasts[1].limits).toMatchObject({ h: 2_895, hh: 3_000 });
    // three hours up to and with row 19, from 00:57: all 35 rows of the time before, and 20
    expect(forecasts[1].history.times).toHaveLength(55);
    expect(forecasts[1].history.values[54]).toBe(2_719);
    expect(fault).toMatchObject({ atMs: at, probability: 0.8, model: 'diagnosis_lstm 1' });
    // the unknown is left out, and five are named
    expect(fault?.classes.map(({ idv }) => idv)).toEqual([4, 0, 1, 2, 5]);
    expect(fault?.importance.map(({ code }) => code)).toEqual(TAGS.slice(0, 8).map(({ code }) => code));
    expect(models.map(({ name, purpose, checks }) => [name, purpose, checks])).toEqual([
      ['zscore', 'detector', { passed: 0, all: 0 }],
      ['diagnosis_lstm', 'diagnosis', { passed: 1, all: 2 }],
      ['forecast_lstm', 'forecast', { passed: 0, all: 0 }],
    ]);
    expect(models[1]).toMatchObject({ measured: headline, trainedOn: 'simulated', version: '1' });
    // of a unit its own tags only
    const reactor = await gathering.gather(aResult(at), names, idOf('REACTOR'));
    expect(reactor.forecasts.map(({ code }) => code)).toEqual(['XMEAS_09', 'XMEAS_07']);
  });

  it('nothing of bad values: figures leave them out, charts and the completeness have gaps', async () => {
    const [flow, temperature] = ['XMEAS_17', 'XMEAS_09'].map((code) => names.tagOf(code)?.id ?? NaN);
    const bad = (tagId: number, row: number) => ({
      tagId,
      ts: FROM + row * STEP_MS,
      value: 1e6,
      quality: BAD_QUALITY,
    });
    await app
      .get(SampleWriter)
      .write([...[0, 1, 2, 3, 4].map((row) => bad(flow, row)), bad(temperature, 39)]);
    // 15 values of 20 and 20 of 24 are left of the flow
    expect(await app.get(KpiGathering).productionVolumeRate(FROM, TO)).toBeCloseTo(
      (15 * 20 + 20 * 24) / 35,
      9,
    );
    const rate = (await app.get(KpiGathering).kpis(FROM, TO, 'UTC')).find(
      ({ name }) => name === 'production_rate',
    );
    expect((rate?.trend.values[1] ?? NaN) / (rate?.trend.values[0] ?? NaN)).toBeCloseTo(24 / 20, 9);
    const [trend] = await app.get(TrendGathering).trends(['XMEAS_17'], PERIOD, []);
    expect(Array.from(trend.series.values)).toEqual(
      Array.from({ length: 40 }, (_, row) => (row < 5 ? NaN : row < 20 ? 20 : 24)),
    );
    const quality = await app.get(QualityGathering).inPeriod(FROM, TO);
    expect((quality?.expectedSamples ?? NaN) - (quality?.receivedSamples ?? NaN)).toBe(6);
    expect(quality).toMatchObject({
      badSamples: 6,
      gaps: [{ code: 'XMEAS_17', fromMs: FROM, toMs: FROM + 5 * STEP_MS }],
    });
    const tags = await app.get(SensorTagService).findByEquipment(idOf('REACTOR'));
    const { sensors } = await app.get(HealthGathering).equipment(idOf('REACTOR'), PERIOD, names, tags);
    expect(sensors.find(({ code }) => code === 'XMEAS_09')).toMatchObject({
      value: null,
      isBad: true,
      readAtMs: FROM + 39 * STEP_MS,
    });
  });
});
