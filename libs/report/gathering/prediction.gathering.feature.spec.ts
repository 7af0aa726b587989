import { afterAll, beforeAll, expect, it } from '#jest';
import { EquipmentService } from '#equipment';
import { TagDirectory } from '#timeseries';
import { describeOnBothProfiles, FeatureApp, simulatedRecords, writePlantHistory } from '#testing';
import { ReportJobsModule } from '../report.jobs.module.js';
import { type PeriodPrediction, PredictionGathering } from './prediction.gathering.js';
import { type PlantNames, plantNames } from './plant-names.js';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 2, 1);
/** Six normal hours, then eight with less A and more C in the A/C feed (IDV 1). */
const RECORDS = simulatedRecords(START, { seed: 31, idv: 1, faultOnsetHour: 6, hours: 14 });

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
    await writePlantHistory(app, RECORDS);
    const units = await app.get(EquipmentService).findAll();
    reactor = units.find(({ code }) => code === 'REACTOR')?.id ?? NaN;
    names = plantNames(units, await app.get(TagDirectory).all());
  });

  afterAll(() => app.stop());

  async function atEndOf(
    toMs: number,
    { standsStill = false, equipmentId }: { standsStill?: boolean; equipmentId?: number } = {},
  ): Promise<PeriodPrediction> {
    const predictions = app.get(PredictionGathering);
    return predictions.predict(await predictions.windowAt({ toMs, standsStill }), names, equipmentId);
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
    const { fault, forecasts } = await atEndOf(START + 10 * HOUR_MS, { equipmentId: reactor });
    expect(fault?.classes[0].idv).toBe(1);
    const own = [...(await app.get(TagDirectory).all()).values()].filter(
      ({ equipmentId }) => equipmentId === reactor,
    );
    expect(own.map(({ code }) => code)).toEqual(expect.arrayContaining(forecasts.map(({ code }) => code)));
  });

  it.each([
    ['too few samples before it', START + HOUR_MS, {}, 'too_short'],
    ['no samples near it', START + 40 * HOUR_MS, {}, 'stale'],
    ['a plant that stands still', START + 10 * HOUR_MS, { standsStill: true }, 'standstill'],
  ] as const)('is left out with its reason: %s', async (_what, toMs, changes, noPrediction) => {
    expect(await atEndOf(toMs, changes)).toEqual({
      forecasts: [],
      fault: undefined,
      models: [],
      noPrediction,
    });
  });
});
