import { afterAll, beforeAll, expect, it } from '#jest';
import { EquipmentService } from '#equipment';
import { TagDirectory } from '#timeseries';
import { describeOnBothProfiles, FeatureApp, simulatedRecords, writePlantHistory } from '#testing';
import { ReportGathering } from '../report-gathering.service.js';
import { Report } from '../report.entity.js';
import { ReportJobsModule } from '../report.jobs.module.js';
import type { ReportContent } from './content.js';
import { type PeriodPrediction, PredictionGathering } from './prediction.gathering.js';
import { type PlantNames, plantNames } from './plant-names.js';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 2, 1);
/** Six normal hours, then eight with less A and more C in the A/C feed (IDV 1). */
const RUNNING = simulatedRecords(START, { seed: 31, idv: 1, faultOnsetHour: 6, hours: 14 });
/** Behind them two hours in which nothing moves. */
const STOPPED = Array.from({ length: 40 }, (_, row) => ({
  ts: START + 14 * HOUR_MS + row * 180_000,
  values: RUNNING[RUNNING.length - 1].values,
}));

describeOnBothProfiles('the prediction of a report', (profile) => {
  let app: FeatureApp;
  let names: PlantNames;
  let reactor: number;

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile,
      imports: [ReportJobsModule.forRoot({ besideRequests: true })],
      queue: 'submits',
    });
    await writePlantHistory(app, [...RUNNING, ...STOPPED]);
    const units = await app.get(EquipmentService).findAll();
    reactor = units.find(({ code }) => code === 'REACTOR')?.id ?? NaN;
    names = plantNames(units, await app.get(TagDirectory).all());
  });

  afterAll(() => app.stop());

  async function atEndOf(end: number, equipmentId?: number): Promise<PeriodPrediction> {
    const predictions = app.get(PredictionGathering);
    return predictions.predict(await predictions.windowAt(end), names, equipmentId);
  }

  it('is made from the last sample before the end of its period', async () => {
    const end = START + 10 * HOUR_MS;
    const { fault, forecasts, models, noPrediction } = await atEndOf(end);
    expect(noPrediction).toBeNull();
    expect(fault).toMatchObject({ atMs: end - 180_000 });
    expect(fault?.classes[0].idv).toBe(1);
    expect(forecasts).toHaveLength(4);
    for (const { madeAtMs } of forecasts) expect(madeAtMs).toBe(end - 180_000);
    expect(models.map(({ purpose }) => purpose)).toEqual(['detector', 'diagnosis', 'forecast']);
  });

  it('forecasts the tags of the unit that the report is about', async () => {
    const { fault, forecasts } = await atEndOf(START + 10 * HOUR_MS, reactor);
    expect(fault?.classes[0].idv).toBe(1);
    const own = [...(await app.get(TagDirectory).all()).values()].filter(
      ({ equipmentId }) => equipmentId === reactor,
    );
    expect(own.map(({ code }) => code)).toEqual(expect.arrayContaining(forecasts.map(({ code }) => code)));
  });

  it.each([
    ['too few samples before it', START + HOUR_MS, 'too_short'],
    ['no samples near it', START + 40 * HOUR_MS, 'stale'],
  ] as const)('is left out with its reason: %s', async (_what, end, noPrediction) => {
    expect(await atEndOf(end)).toEqual({
      forecasts: [],
      fault: undefined,
      models: [],
      noPrediction,
    });
  });

  it('is left out where the plant stands still at the end', async () => {
    const gather = (periodTo: number): Promise<ReportContent> =>
      app.get(ReportGathering).gather(
        Object.assign(new Report(), {
          jobId: 'a-job',
          type: 'daily',
          lang: 'en',
          timeZone: 'UTC',
          periodFrom: START + 4 * HOUR_MS,
          periodTo,
          equipmentId: null,
        }),
      );
    const running = await gather(START + 14 * HOUR_MS);
    expect([running.noPrediction, running.standstills]).toEqual([null, []]);
    const stopped = await gather(START + 16 * HOUR_MS);
    expect(stopped.noPrediction).toBe('standstill');
    expect(stopped.standstills).toMatchObject([{ to: null }]);
  });
});
