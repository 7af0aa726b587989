import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { AnomalyHttpModule, AnomalyJobsModule } from '#anomaly';
import { EquipmentHttpModule, PlantRegistration } from '#equipment';
import { HealthHttpModule, HealthJobsModule } from '#health';
import { KpiHttpModule, KpiJobsModule } from '#kpi';
import { LotHttpModule, LotService } from '#lot';
import { Database, figure, figureOrNull, isoTime, ProcessClock } from '#platform';
import { PredictionHttpModule, PredictionJobsModule } from '#prediction';
import { plantKpis, summarisePlantWindow, TAGS, type TagValues, tagIndex } from '#tep';
import { describeOnBothProfiles, FeatureApp, simulatedRecords, waitFor } from '#testing';
import { type QualityName, TimeseriesHttpModule } from '#timeseries';
import { expectRollupsToMatchSamples } from './factories/rollups-match.fixture.js';

const INTERVAL_MS = 180_000;
const START = Date.UTC(2026, 2, 1);
const ROWS = 160;
/** After the last record, when every value of the plant is bad. */
const ALL_BAD_ROW = ROWS;
const RECORDS = simulatedRecords(START, { seed: 7, hours: 8 });
const timeOf = (row: number): number => START + row * INTERVAL_MS;
const isoOf = (row: number): string => isoTime(timeOf(row));

const PRESSURE = 'XMEAS_07';
const TEMPERATURE = 'XMEAS_09';
const FLOW = 'XMEAS_17';
const trueValue = (tag: string, row: number): number => RECORDS[row].values[tagIndex(tag)];

interface Sample {
  tag: string;
  ts: string;
  value: number;
  quality?: QualityName;
}

/** Rows `[from, to)` of a tag. */
interface Stretch {
  tag: string;
  from: number;
  to: number;
}

/** Beyond every limit, if it were not bad. */
const BAD_TEMPERATURE = 500;
/** Bad, and the plant goes without them. */
const BAD: Stretch[] = [
  { tag: TEMPERATURE, from: 30, to: 56 },
  // a full hour of the flow: bad, then uncertain
  { tag: FLOW, from: 60, to: 70 },
  // few enough for the last value to stand in
  { tag: PRESSURE, from: 150, to: 152 },
];
const UNCERTAIN: Stretch = { tag: FLOW, from: 70, to: 80 };
/** Bad at first, good once corrected. */
const CORRECTED: Stretch = { tag: PRESSURE, from: 85, to: 95 };

const isIn = (tag: string, row: number) => (stretch: Stretch) =>
  stretch.tag === tag && row >= stretch.from && row < stretch.to;
const rowsOf = ({ from, to }: Stretch): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const samplesOf = (
  stretch: Stretch,
  quality: QualityName,
  valueAt: (row: number) => number = (row) => trueValue(stretch.tag, row),
): Sample[] =>
  rowsOf(stretch).map((row) => ({ tag: stretch.tag, ts: isoOf(row), value: valueAt(row), quality }));

/** Every value of some rows that is not left out, as good. */
const goodSamples = (from: number, to: number, isLeftOut: (tag: string, row: number) => boolean): Sample[] =>
  RECORDS.slice(from, to).flatMap(({ values }, i) =>
    TAGS.flatMap(({ code }, tag) =>
      isLeftOut(code, from + i) ? [] : [{ tag: code, ts: isoOf(from + i), value: values[tag] }],
    ),
  );
const isBad = (tag: string, row: number): boolean => BAD.some(isIn(tag, row));
const allBad = (row: number): Sample[] =>
  TAGS.map(({ code }) => ({ tag: code, ts: isoOf(row), value: 1e6, quality: 'bad' }));

interface Items<Item> {
  items: Item[];
}
interface Sensor {
  tag: string;
  latest: unknown;
}
interface Status {
  limit_violations: { tag: string }[];
}
interface UnitHealth {
  at: string | null;
  score: number | null;
  drivers: { tag: string }[];
  history: unknown[];
}
interface Series {
  points: { value: number; quality?: string }[];
}
interface LotSummary {
  sample_count: number;
  tags: { tag: string }[];
}
interface Job {
  status: string;
  error: unknown;
  result: object | undefined;
}

/** @throws TypeError when there is none */
function ofTag<Item extends { tag: string }>(items: readonly Item[], tag: string): Item {
  const found = items.find((item) => item.tag === tag);
  if (!found) throw new TypeError(`nothing of ${tag} in ${JSON.stringify(items)}`);
  return found;
}

/** Two plants send the same history: one marks what is bad, the other goes without it. */
describeOnBothProfiles('samples that are not good', (profile) => {
  let marked: FeatureApp;
  let without: FeatureApp;

  async function start(): Promise<FeatureApp> {
    const app = await FeatureApp.start({
      profile,
      imports: [
        EquipmentHttpModule,
        LotHttpModule,
        TimeseriesHttpModule,
        KpiHttpModule,
        KpiJobsModule,
        AnomalyHttpModule,
        AnomalyJobsModule,
        PredictionHttpModule,
        PredictionJobsModule,
        HealthHttpModule,
        HealthJobsModule,
      ],
      queue: 'works',
    });
    await app.get(PlantRegistration).register();
    const lot = { lotNo: 'QUALITY', startedAt: timeOf(0), endedAt: timeOf(ROWS) };
    await app.get(LotService).add(lot);
    return app;
  }

  beforeAll(async () => {
    [marked, without] = await Promise.all([start(), start()]);
  });

  afterAll(() => Promise.all([marked.stop(), without.stop()]));

  const send = async (app: FeatureApp, samples: Sample[]): Promise<void> => {
    await app.http.post('/api/v1/timeseries').send({ samples }).expect(200);
  };
  const get = async <Body>(app: FeatureApp, path: string): Promise<Body> =>
    (await app.http.get(`/api/v1/${path}`).expect(200)).body as Body;
  const ofBoth = <Body>(path: string): Promise<[Body, Body]> =>
    Promise.all([get<Body>(marked, path), get<Body>(without, path)]);
  const now = (row: number): Promise<unknown> =>
    Promise.all(
      [marked, without].map((app) =>
        app.get(ProcessClock).set({ timeMs: timeOf(row + 1), wallMs: Date.now(), rate: 0 }),
      ),
    );
  const scoredAt = (row: number) =>
    waitFor('both to be scored', async () => {
      const plants = await ofBoth<Items<UnitHealth>>('health/equipment');
      return plants.every(({ items }) => items.every(({ at }) => at === isoOf(row)));
    });
  const series = async (query: Record<string, string | number>): Promise<Series> => {
    const { body } = await marked.http.get('/api/v1/timeseries').query(query).expect(200);
    return (body as { series: Series[] }).series[0];
  };
  const meanOf = (tag: string, rows: number[]): number =>
    rows.reduce((sum, row) => sum + trueValue(tag, row), 0) / rows.length;

  describe('while a tag is bad', () => {
    beforeAll(async () => {
      await now(55);
      await send(without, goodSamples(0, 56, isBad));
      await send(marked, goodSamples(0, 56, isBad));
      await send(
        marked,
        samplesOf(BAD[0], 'bad', () => BAD_TEMPERATURE),
      );
      await scoredAt(55);
    });

    it('show as its latest value, marked, in no limit state', async () => {
      const { items } = await get<Items<Sensor>>(marked, 'equipment/REACTOR/sensors');
      expect(ofTag(items, TEMPERATURE).latest).toEqual({
        ts: isoOf(55),
        value: BAD_TEMPERATURE,
        quality: 'bad',
        limit_state: null,
        stale: false,
      });
      const [status, other] = await ofBoth<Status>('equipment/REACTOR/status');
      expect(status.limit_violations.map(({ tag }) => tag)).not.toContain(TEMPERATURE);
      expect(status.limit_violations).toEqual(other.limit_violations);
    });

    it('cost the unit as much as a silent sensor, for a reason of their own', async () => {
      const [bad, silent] = await ofBoth<UnitHealth>('equipment/REACTOR/health');
      // 50 points for all of the sensors of a unit
      const sensors = TAGS.filter(({ equipmentCode }) => equipmentCode === 'REACTOR').length;
      const points = Math.round((50 / sensors) * 10) / 10;
      expect(ofTag(bad.drivers, TEMPERATURE)).toMatchObject({ reason: 'bad_quality', points });
      expect(ofTag(silent.drivers, TEMPERATURE)).toMatchObject({ reason: 'stale', points });
      expect(bad.score).toBe(silent.score);
    });
  });

  describe('once the history is complete', () => {
    beforeAll(async () => {
      await now(ALL_BAD_ROW);
      const samples = goodSamples(56, ROWS, isBad);
      await send(without, samples);
      // Good at first, then overwritten as bad; and the other way round.
      await send(
        marked,
        samples.filter(({ tag, ts }) => {
          const row = (Date.parse(ts) - START) / INTERVAL_MS;
          return !isIn(tag, row)(CORRECTED) && !isIn(tag, row)(UNCERTAIN);
        }),
      );
      await send(
        marked,
        samplesOf(BAD[1], 'good', () => 1_000),
      );
      await send(
        marked,
        samplesOf(CORRECTED, 'bad', () => 0),
      );
      await send(marked, samplesOf(UNCERTAIN, 'uncertain'));
      await send(
        marked,
        samplesOf(BAD[2], 'bad', () => -273),
      );
      await send(marked, allBad(ALL_BAD_ROW));
      await scoredAt(ROWS - 1);
      await send(
        marked,
        samplesOf(BAD[1], 'bad', () => 1e6),
      );
      await send(marked, samplesOf(CORRECTED, 'good'));
    });

    it('are followed by the rollups, whatever they were before', async () => {
      await expectRollupsToMatchSamples(marked.get(Database));
    });

    it('show in raw series only, uncertain ones in charts, and neither in averages', async () => {
      const window = { tags: FLOW, from: isoOf(60), to: isoOf(100) };
      const raw = await series({ ...window, method: 'raw' });
      expect(raw).toMatchObject({ raw_count: 40, uncertain_count: 10, bad_count: 10, returned_count: 40 });
      expect(raw.points.slice(0, 21).map(({ quality }) => quality)).toEqual([
        ...Array<string>(10).fill('bad'),
        ...Array<string>(10).fill('uncertain'),
        'good',
      ]);
      expect(raw.points[0].value).toBe(1e6);
      for (const method of ['minmax', 'lttb']) {
        const { points } = await series({ ...window, method });
        expect(points).toEqual(
          [...rowsOf(UNCERTAIN), ...rowsOf({ tag: FLOW, from: 80, to: 100 })].map((row) => ({
            ts: isoOf(row),
            value: trueValue(FLOW, row),
            ...(row < 80 ? { quality: 'uncertain' } : {}),
          })),
        );
      }
      // two spans of three hours; of the first the first hour is good, of the second all but an hour
      const avg = await series({
        tags: FLOW,
        from: isoOf(40),
        to: isoOf(160),
        points: 2,
        method: 'avg',
      });
      const firstSpan = [
        ...rowsOf({ tag: FLOW, from: 40, to: 60 }),
        ...rowsOf({ tag: FLOW, from: 80, to: 100 }),
      ];
      const secondSpan = rowsOf({ tag: FLOW, from: 100, to: 160 });
      expect(avg.points).toEqual([
        { ts: isoOf(40), value: figure(meanOf(FLOW, firstSpan)) },
        { ts: isoOf(100), value: figure(meanOf(FLOW, secondSpan)) },
      ]);
    });

    it('are left out of the summary of a lot, and counted apart', async () => {
      const { items } = await get<Items<{ lot_id: number }>>(marked, 'lots');
      const summary = await get<LotSummary>(marked, `lots/${items[0].lot_id}/summary`);
      // 26 of the temperature, 10 bad and 10 uncertain of the flow, 2 of the pressure
      expect(summary.sample_count).toBe(TAGS.length * ROWS - 26 - 20 - 2);
      const good = rowsOf({ tag: FLOW, from: 0, to: ROWS }).filter((row) => row < 60 || row >= 80);
      expect(ofTag(summary.tags, FLOW)).toMatchObject({
        count: ROWS - 20,
        uncertain_count: 10,
        bad_count: 10,
        coverage: (ROWS - 10) / ROWS,
        mean: figure(meanOf(FLOW, good)),
        min: Math.min(...good.map((row) => trueValue(FLOW, row))),
        max: Math.max(...good.map((row) => trueValue(FLOW, row))),
      });
      expect(ofTag(summary.tags, PRESSURE)).toMatchObject({ count: ROWS - 2, bad_count: 2 });
    });

    it('are in no KPI', async () => {
      const samples = RECORDS.map(({ values }, row): TagValues =>
        Object.fromEntries(
          TAGS.flatMap(({ code }, tag) =>
            isBad(code, row) || isIn(code, row)(UNCERTAIN) ? [] : [[code, values[tag]]],
          ),
        ),
      );
      const expected = Object.fromEntries(
        plantKpis(summarisePlantWindow(samples)).map(({ name, value }) => [name, figureOrNull(value)]),
      );
      const path = `kpi?from=${isoOf(0)}&to=${isoOf(ROWS)}`;
      const read = async (): Promise<Record<string, number | null>> => {
        const { kpis } = await get<{ kpis: { name: string; value: number | null }[] }>(marked, path);
        return Object.fromEntries(kpis.map(({ name, value }) => [name, value]));
      };
      await waitFor('the hours to be condensed anew', async () => isDeepStrictEqual(await read(), expected));
      // 14 t/h, and not what a flow of a million would make
      expect(expected.production_rate).toBeGreaterThan(13_000);
      expect(expected.production_rate).toBeLessThan(15_000);
    });

    it('do to detectors and health what missing values do, and uncertain ones what good ones do', async () => {
      const window = { from: isoOf(0), to: isoOf(ALL_BAD_ROW + 1) };
      const scan = async (app: FeatureApp): Promise<{ sample_count: number }> => {
        const { body } = await app.http.post('/api/v1/anomalies/scan').send(window).expect(200);
        return body as { sample_count: number };
      };
      const [bad, missing] = await Promise.all([scan(marked), scan(without)]);
      expect(bad.sample_count).toBe(ROWS);
      expect(bad).toEqual(missing);
      const found = async (app: FeatureApp): Promise<unknown[]> => {
        const path = `equipment/REACTOR/health?from=${isoOf(0)}&to=${isoOf(ROWS)}`;
        const { history } = await get<UnitHealth>(app, path);
        const { items } = await get<Items<object>>(app, 'anomalies');
        // Scored again, they may have been numbered otherwise.
        return [history, items.map((anomaly) => ({ ...anomaly, anomaly_id: 0 }))];
      };
      await waitFor('late samples to be scored in their place', async () =>
        isDeepStrictEqual(await found(marked), await found(without)),
      );
      // Normal operation, of which some values are missing.
      const { items } = await get<Items<object>>(marked, 'anomalies');
      expect(items.length).toBeLessThanOrEqual(1);
    });

    it('do to a prediction what missing values do; it begins at the last value', async () => {
      const predict = async (app: FeatureApp): Promise<object> => {
        const request = { eq_id: 'REACTOR', at: isoOf(ALL_BAD_ROW) };
        const { body } = await app.http.post('/api/v1/predictions').send(request).expect(202);
        const path = String((body as { status_url: string }).status_url).replace('/api/v1/', '');
        return waitFor('the prediction to be completed', async () => {
          const { status, error, result } = await get<Job>(app, path);
          if (status === 'failed') throw new Error(JSON.stringify(error));
          return status === 'completed' ? result : undefined;
        });
      };
      const [bad, missing] = await Promise.all([predict(marked), predict(without)]);
      expect(bad).toEqual(missing);
      // a stretch without holes since row 70, where the flow is uncertain
      expect(bad).toMatchObject({ at: isoOf(ROWS - 1), context_rows: ROWS - 70 });
    });
  });

  it('leave a plant unknown, and nothing to predict from, when there are no others for half an hour', async () => {
    await now(ALL_BAD_ROW + 11);
    for (let row = ALL_BAD_ROW + 1; row < ALL_BAD_ROW + 12; row++) await send(marked, allBad(row));
    expect(await get<Status>(marked, 'equipment/REACTOR/status')).toMatchObject({
      status: 'unknown',
      reason: 'Its sensors have sent only values of bad quality for half an hour',
      last_sample_at: isoOf(ALL_BAD_ROW + 11),
      score: null,
    });
    const { body } = await marked.http.post('/api/v1/predictions').send({ eq_id: 'REACTOR' }).expect(422);
    expect(body).toMatchObject({
      code: 'WINDOW_STALE',
      detail: `No samples close to ${isoOf(ALL_BAD_ROW + 12)}: all since ${isoOf(ALL_BAD_ROW + 2)} are bad`,
    });
  });
});
