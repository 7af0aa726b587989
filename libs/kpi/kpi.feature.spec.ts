import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { Database, figureOrNull, Revisions } from '#platform';
import { describeOnBothProfiles, FeatureApp, simulatedRecords, waitFor, writePlantHistory } from '#testing';
import {
  type PlantKpiName,
  type PlantWindow,
  plantKpis,
  summarisePlantWindow,
  TAGS,
  type TagValues,
} from '#tep';
import { SAMPLE_SWEEPS, SampleWriter, type SampleRecord } from '#timeseries';
import type { KpiListDto, KpiTrendDto } from './dto/kpi.dto.js';
import { HourCondenser } from './hour-condenser.service.js';
import { KpiHourRepository } from './kpi-hour.repository.js';
import { KpiHttpModule } from './kpi.http.module.js';
import { KpiJobsModule } from './kpi.jobs.module.js';
import { KpiService } from './kpi.service.js';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 2, 1);
const FROM = START + 30 * 60_000;
const TO = START + 5.5 * HOUR_MS;

const iso = (ts: number): string => new Date(ts).toISOString();

/** The KPIs of records in `[from, to)`, computed in one piece. */
function figuresOf(records: SampleRecord[], from = FROM, to = TO): Map<string, number | null> {
  const samples = records
    .filter(({ ts }) => ts >= from && ts < to)
    .map(({ values }): TagValues => Object.fromEntries(TAGS.map(({ code }, i) => [code, values[i]])));
  return new Map(plantKpis(summarisePlantWindow(samples)).map(({ name, value }) => [name, value]));
}

describeOnBothProfiles('KPIs', (profile) => {
  let app: FeatureApp;
  const records = simulatedRecords(START, { seed: 7, hours: 6 });

  beforeAll(async () => {
    app = await FeatureApp.start({ profile, imports: [KpiHttpModule, KpiJobsModule] });
    await writePlantHistory(app, records);
  });

  afterAll(() => app.stop());

  async function list(): Promise<KpiListDto> {
    const { body } = await app.http.get(`/api/v1/kpi?from=${iso(FROM)}&to=${iso(TO)}`).expect(200);
    return body as KpiListDto;
  }

  async function condenseAll(): Promise<void> {
    const condenser = app.get(HourCondenser);
    while (await condenser.condenseNext());
  }

  it('are the same from samples and from condensed hours', async () => {
    const expected = figuresOf(records);
    for (const turn of ['samples', 'condensed hours']) {
      if (turn === 'condensed hours') {
        await condenseAll();
        expect((await app.get(KpiHourRepository).find(START, TO)).size).toBe(6);
      }
      const kpis = await app.get(KpiService).figures(FROM, TO);
      expect(kpis).toHaveLength(expected.size);
      for (const { name, value } of kpis) expect(value).toBeCloseTo(expected.get(name) ?? NaN, 6);
    }
  });

  it('know of late samples before their hours are condensed anew', async () => {
    await condenseAll();
    const changed = records[70];
    const values = Float64Array.from(
      changed.values,
      (value, i) => (TAGS[i].code === 'XMEAS_17' ? 2 : 1) * value,
    );
    await app.get(SampleWriter).writeRecords([{ ts: changed.ts, values }]);
    const shown = new Map((await list()).kpis.map(({ name, value }) => [name, value]));
    const after = figuresOf(records.map((record) => (record === changed ? { ...record, values } : record)));
    const exact = after.get('production_rate') ?? NaN;
    expect(exact).not.toBeCloseTo(figuresOf(records).get('production_rate') ?? NaN, 3);
    expect(shown.get('production_rate')).toBe(figureOrNull(exact));
    await app.get(SampleWriter).writeRecords([changed]);
  });

  it('are written with six digits', async () => {
    const exact = new Map(
      (await app.get(KpiService).figures(FROM, TO)).map(({ name, value }) => [name, value]),
    );
    for (const { name, value } of (await list()).kpis)
      expect(value).toBe(figureOrNull(exact.get(name as PlantKpiName) ?? null));
  });

  it('show what they are made of', async () => {
    const { kpis } = await list();
    const availability = kpis.find(({ name }) => name === 'availability');
    expect(availability).toMatchObject({
      value: 100,
      unit: '%',
      numerator: { unit: 'h' },
      denominator: { unit: 'h' },
    });
    expect(availability?.numerator?.value).toBeCloseTo(5, 6);
  });

  it('follow samples that are overwritten later', async () => {
    await condenseAll();
    const changed = records
      .slice(40, 60)
      .map(({ ts, values }) => ({ ts, values: values.map((value, i) => (i === 16 ? value + 5 : value)) }));
    await app.get(SampleWriter).writeRecords(changed);
    await condenseAll();
    const expected = figuresOf(records.map((record) => changed.find(({ ts }) => ts === record.ts) ?? record));
    const kpis = await app.get(KpiService).figures(FROM, TO);
    const rate = kpis.find(({ name }) => name === 'production_volume_rate')?.value;
    expect(rate).toBeCloseTo(expected.get('production_volume_rate') ?? NaN, 6);
  });

  it('have a trend by hour', async () => {
    const { body } = await app.http
      .get(`/api/v1/kpi/production_rate/trend?from=${iso(START)}&to=${iso(START + 6 * HOUR_MS)}`)
      .expect(200);
    const { points, unit } = body as KpiTrendDto;
    expect(points.map(({ ts }) => Date.parse(ts))).toEqual(
      Array.from({ length: 6 }, (_, i) => START + i * HOUR_MS),
    );
    expect(unit).toBe('kg/h');
  });

  it('are condensed anew where the sample feed has forgotten what was written', async () => {
    await condenseAll();
    const { kpis } = await list();
    const database = app.get(Database);
    await database.query('DELETE FROM ingest_log');
    await database.query('DELETE FROM kpi_hour');
    await database.query('UPDATE kpi_cursor SET feed_position = 1');
    const condenser = app.get(HourCondenser);
    await condenser.stop();
    await condenser.start();
    await waitFor('the hours', async () => (await app.get(KpiHourRepository).find(START, TO)).size === 6);
    expect((await list()).kpis).toEqual(kpis);
  });

  describe('by the clocks of a zone', () => {
    /** 22:30 to 02:30 in Kolkata, 22:45 to 02:45 in Kathmandu. */
    const begin = Date.parse('2026-02-10T17:00:00Z');
    const end = begin + 4 * HOUR_MS;
    const evening = simulatedRecords(begin, { seed: 8, hours: 4 });

    async function trend(bucket: 'hour' | 'day', zone: string): Promise<[string, number | null][]> {
      const window = `from=${iso(begin)}&to=${iso(end)}&time_zone=${encodeURIComponent(zone)}`;
      const { body } = await app.http
        .get(`/api/v1/kpi/production_rate/trend?bucket=${bucket}&${window}`)
        .expect(200);
      expect((body as KpiTrendDto).time_zone).toBe(zone);
      return (body as KpiTrendDto).points.map(({ ts, value }) => [ts.slice(0, 16), value]);
    }

    /** What is expected of buckets that begin at these times, the first perhaps before the records. */
    function bucketsOf(...begins: string[]): [string, number | null][] {
      const edges = [...begins.map((at) => Date.parse(`${at}Z`)), end];
      return begins.map((at, i) => {
        const figures = figuresOf(evening, Math.max(edges[i], begin), edges[i + 1]);
        return [at, figureOrNull(figures.get('production_rate') ?? null)];
      });
    }

    const days = {
      'Asia/Kolkata': bucketsOf('2026-02-09T18:30', '2026-02-10T18:30'),
      '+05:30': bucketsOf('2026-02-09T18:30', '2026-02-10T18:30'),
      'Asia/Kathmandu': bucketsOf('2026-02-09T18:15', '2026-02-10T18:15'),
      // midnight is 15:00 UTC
      'Asia/Seoul': bucketsOf('2026-02-10T15:00'),
    };
    const hours = bucketsOf(
      ...['2026-02-10T16:15', '2026-02-10T17:15', '2026-02-10T18:15', '2026-02-10T19:15', '2026-02-10T20:15'],
    );

    beforeAll(() => writePlantHistory(app, evening));

    it('cut hours at :30 and :45: from samples, from condensed hours, and when the samples are gone', async () => {
      for (const source of ['samples', 'condensed hours', 'condensed hours alone']) {
        if (source === 'condensed hours') await condenseAll();
        if (source === 'condensed hours alone')
          await app.get(Database).query('DELETE FROM timeseries_sample WHERE ts < ?', [end]);
        for (const [zone, expected] of Object.entries(days))
          expect([source, zone, await trend('day', zone)]).toEqual([source, zone, expected]);
        expect([source, await trend('hour', 'Asia/Kathmandu')]).toEqual([source, hours]);
      }
    });

    it('take an hour that can be cut no more for one of the day in which it begins', async () => {
      await condenseAll();
      const database = app.get(Database);
      await database.query('DELETE FROM timeseries_sample WHERE ts < ?', [end]);
      await database.query('UPDATE kpi_hour SET quarters = NULL WHERE hour = ?', [begin + HOUR_MS]);
      await app.get(Revisions).raise(SAMPLE_SWEEPS);
      // the hour from 18:00 UTC as a whole on the day before
      const [before, after] = bucketsOf('2026-02-09T18:30', '2026-02-10T19:00');
      expect(await trend('day', 'Asia/Kolkata')).toEqual([
        ['2026-02-09T18:30', before[1]],
        ['2026-02-10T18:30', after[1]],
      ]);
    });

    it('count 25 hours of the day on which summer time ends', async () => {
      await app.get(SampleWriter).writeRecords(
        // every quarter of an hour stands for three minutes: what counts is how many there are
        Array.from({ length: 27 * 4 }, (_, i) => ({
          ts: Date.parse('2024-10-26T21:00:00Z') + i * 15 * 60_000,
          values: records[i].values,
        })),
      );
      const { body } = await app.http
        .get('/api/v1/kpi?from=2024-10-27&to=2024-10-28&time_zone=Europe/Berlin')
        .expect(200);
      expect(body).toMatchObject({
        from: '2024-10-26T22:00:00.000Z',
        to: '2024-10-27T23:00:00.000Z',
        time_zone: 'Europe/Berlin',
      });
      const availability = (body as KpiListDto).kpis.find(({ name }) => name === 'availability');
      expect(availability?.denominator?.value).toBeCloseTo((25 * 4 * 3) / 60, 6);
    });
  });

  it('answer a period without samples at once, however long', async () => {
    const { body } = await app.http.get('/api/v1/kpi?from=2024-12-01&to=2026-01-01').expect(200);
    const { kpis } = body as KpiListDto;
    expect(kpis.every(({ value, reason }) => value === null && reason === 'the window is empty')).toBe(true);
  });

  it('count the time that samples stand for, however often they come', async () => {
    const at = START - 24 * HOUR_MS;
    const everyMinute = records.slice(0, 60).map(({ values }, i) => ({ ts: at + i * 60_000, values }));
    await app.get(SampleWriter).writeRecords(everyMinute);
    const { body } = await app.http.get(`/api/v1/kpi?from=${iso(at)}&to=${iso(at + HOUR_MS)}`).expect(200);
    const availability = (body as KpiListDto).kpis.find(({ name }) => name === 'availability');
    expect(availability?.denominator?.value).toBeCloseTo(1, 6);
  });

  it.each([
    ['from after to', `from=${iso(TO)}&to=${iso(FROM)}`, 400],
    ['a period of two years', `from=2024-01-01T00:00:00Z&to=2026-01-01T00:00:00Z`, 400],
    ['a time that is none', 'from=yesterday', 400],
    ['a zone that is none', 'time_zone=Asia/Atlantis', 400],
    ['a lot that does not exist', 'lot_id=99', 404],
  ])('refuse %s', async (_what, query, status) => {
    await app.http.get(`/api/v1/kpi?${query}`).expect(status);
  });

  it('refuse more than a thousand points', async () => {
    const period = 'from=2025-01-01&to=2026-01-01';
    await app.http.get(`/api/v1/kpi/yield/trend?${period}&bucket=hour`).expect(400);
    const { body } = await app.http.get(`/api/v1/kpi/yield/trend?${period}&bucket=day`).expect(200);
    expect(body).toMatchObject({ bucket: 'day', points: [] });
  });

  it('are condensed for thousands of hours', async () => {
    const repository = app.get(KpiHourRepository);
    // read 500 at a time, and with their quarters 125 at a time
    const hours = Array.from({ length: 1_001 }, (_, i) => Date.UTC(2020, 0, 1) + i * HOUR_MS);
    const condensed = (i: number): PlantWindow => ({ ...summarisePlantWindow([]), plannedHours: i });
    await repository.write(
      new Map(hours.map((hour, i) => [hour, { window: condensed(i), quarters: [condensed(i + 1)] }])),
    );
    const found = await repository.find(hours[0], hours[1_000]);
    expect([...found]).toEqual(hours.slice(0, -1).map((hour, i) => [hour, condensed(i)]));
    const quarters = await repository.findQuarters([...hours.slice(0, 251), hours[0] - HOUR_MS]);
    expect([...quarters]).toEqual(hours.slice(0, 251).map((hour, i) => [hour, [condensed(i + 1)]]));
    await repository.delete(hours.slice(1));
    expect([...(await repository.find(hours[0], hours[1_000])).keys()]).toEqual([hours[0]]);
    await repository.delete(hours);
  });

  it('refuse a name that does not exist', async () => {
    await app.http.get('/api/v1/kpi/happiness/trend').expect(404);
  });
});
