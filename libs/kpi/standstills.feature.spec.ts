import { afterAll, beforeAll, expect, it } from '#jest';
import { Database } from '#platform';
import { describeOnBothProfiles, FeatureApp, simulatedRecords, writePlantHistory } from '#testing';
import { tagIndex } from '#tep';
import { HourCondenser } from './hour-condenser.service.js';
import { KpiJobsModule } from './kpi.jobs.module.js';
import { Standstills } from './standstills.service.js';

const MINUTE = 60_000;
const START = Date.UTC(2026, 2, 1);
/** The plant trips at 02:30 and runs again from 06:30. */
const TRIP = START + 150 * MINUTE;
const RESTART = START + 390 * MINUTE;
const END = START + 10 * 60 * MINUTE;

describeOnBothProfiles('standstills of the plant', (profile) => {
  let app: FeatureApp;
  const running = simulatedRecords(START, { seed: 7, hours: 10 });
  const atTheTrip = running[50].values.map((value, i) => (i === tagIndex('XMEAS_07') ? 3000.1 : value));

  beforeAll(async () => {
    app = await FeatureApp.start({ profile, imports: [KpiJobsModule] });
    const records = running.map(({ ts, values }) => ({
      ts,
      values: ts >= TRIP && ts < RESTART ? atTheTrip : values,
    }));
    await writePlantHistory(app, records);
  });

  afterAll(() => app.stop());

  const find = (from: number, to: number) => app.get(Standstills).findIn(from, to);

  async function condenseAll(): Promise<void> {
    const condenser = app.get(HourCondenser);
    while (await condenser.condenseNext());
  }

  it.each(['samples', 'condensed hours'])('are found whole, from %s', async (source) => {
    if (source === 'condensed hours') await condenseAll();
    const standstill = { from: TRIP, to: RESTART, cause: 'reactor-pressure-high' };
    expect(await find(START, END)).toEqual([standstill]);
    // from within it, and from the hour in which it ended
    expect(await find(START + 240 * MINUTE, END)).toEqual([standstill]);
    expect(await find(START + 360 * MINUTE, END)).toEqual([standstill]);
  });

  it('last to the end of a period that ends before them, wherever it begins', async () => {
    const lasting = [{ from: TRIP, to: null, cause: 'reactor-pressure-high' }];
    expect(await find(START, START + 300 * MINUTE)).toEqual(lasting);
    expect(await find(START + 190 * MINUTE, START + 300 * MINUTE)).toEqual(lasting);
  });

  it('are none in a period in which the plant ran', async () => {
    expect(await find(START, TRIP)).toEqual([]);
    expect(await find(RESTART + 3 * MINUTE, END)).toEqual([]);
    expect(await find(START - 60 * MINUTE, START)).toEqual([]);
  });

  it('are known by their hours where the samples are gone', async () => {
    await condenseAll();
    await app.get(Database).query('DELETE FROM timeseries_sample');
    expect(await find(START, END)).toEqual([{ from: TRIP, to: RESTART, cause: null }]);
  });
});
