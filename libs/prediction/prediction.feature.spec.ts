import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '#jest';
import { AppError, JobQueue, Metrics, projectPath } from '#platform';
import { SampleWriter } from '#timeseries';
import { describeOnBothProfiles, FeatureApp, simulatedRecords, waitFor, writePlantHistory } from '#testing';
import type { FeatureImportanceDto } from './dto/feature-importance.dto.js';
import type { PredictionDto, PredictionPageDto } from './dto/prediction.dto.js';
import { ModelsService } from './models.service.js';
import { PredictionHttpModule } from './prediction.http.module.js';
import { PredictionJobsModule } from './prediction.jobs.module.js';
import { PredictionWindows } from './prediction-window.service.js';

const INTERVAL_MS = 180_000;
/** Twelve normal hours, then six with less A and more C in the A/C feed (IDV 1). */
const RECORDS = simulatedRecords(Date.UTC(2026, 2, 1), { seed: 31, idv: 1, faultOnsetHour: 12, hours: 18 });
const timeOf = (row: number): string => new Date(RECORDS[row].ts).toISOString();
const BEFORE_ONSET = timeOf(230);
const AFTER_ONSET = timeOf(300);

describeOnBothProfiles('a prediction job', (profile) => {
  let app: FeatureApp;
  let models: string;

  beforeAll(async () => {
    models = await mkdtemp(join(tmpdir(), 'tep-prediction-models-'));
    await cp(projectPath('models'), models, { recursive: true });
    app = await FeatureApp.start({
      profile,
      imports: [PredictionHttpModule, PredictionJobsModule],
      queue: 'works',
      variables: { MODELS_DIR: models },
    });
    await writePlantHistory(app, RECORDS);
  });

  afterAll(async () => {
    await app.stop();
    await rm(models, { recursive: true, force: true });
  });

  async function predict(request: object): Promise<PredictionDto> {
    const { body, headers } = await app.http.post('/api/v1/predictions').send(request).expect(202);
    expect(headers.location).toBe(body.status_url);
    return waitFor(
      'the prediction to be completed',
      async () => {
        const answer = await app.http.get(String(body.status_url)).expect(200);
        const job = answer.body as PredictionDto;
        if (job.status === 'failed') throw new Error(JSON.stringify(job.error));
        expect(answer.headers['retry-after']).toBe(job.status === 'completed' ? undefined : '1');
        return job.status === 'completed' ? job : undefined;
      },
      { timeoutMs: 60_000 },
    );
  }

  it('believes in a fault after its onset and not before', async () => {
    const before = await predict({ eq_id: 'REACTOR', at: BEFORE_ONSET });
    const after = await predict({ eq_id: 'REACTOR', at: AFTER_ONSET });
    expect(before.result?.fault_probability).toBeLessThan(0.5);
    expect(after.result?.fault_probability).toBeGreaterThan(0.9);
    expect(after.result?.fault_classes[0]).toMatchObject({ class: 'disturbance', idv: 1 });
  });

  it('believes another detector when one is named', async () => {
    const { model, result } = await predict({ eq_id: 'REACTOR', at: AFTER_ONSET, model: 'cva' });
    expect(model).toBe('cva@1');
    expect(result?.models.detector).toEqual({ name: 'cva', version: '1' });
    expect(result?.detector.alarm).toBe(true);
    const usual = await predict({ eq_id: 'REACTOR', at: AFTER_ONSET });
    expect(usual.result?.models.detector.name).toBe('innovation_bank');
  });

  it('forecasts the tags of the equipment within intervals, step by step', async () => {
    const { result } = await predict({ eq_id: 'REACTOR', at: BEFORE_ONSET, horizon_steps: 7 });
    expect(result?.forecast.map(({ tag }) => tag)).toContain('XMEAS_09');
    expect(result?.forecast.map(({ tag }) => tag)).not.toContain('XMEAS_17');
    for (const { steps } of result?.forecast ?? []) {
      expect(steps.map(({ at }) => Date.parse(at))).toEqual(
        Array.from({ length: 7 }, (_, i) => Date.parse(BEFORE_ONSET) + (i + 1) * INTERVAL_MS),
      );
      for (const { value, low, high } of steps) {
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
      }
    }
  });

  it('explains itself as JSON and as a chart', async () => {
    const { job_id } = await predict({ eq_id: 'REACTOR', at: AFTER_ONSET });
    const json = await app.http.get(`/api/v1/predictions/${job_id}/feature-importance`).expect(200);
    const { features, completeness_gap } = json.body as FeatureImportanceDto;
    expect(features.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 4);
    expect(completeness_gap).toBeLessThan(0.01);
    const svg = await app.http
      .get(`/api/v1/predictions/${job_id}/feature-importance`)
      .set('Accept', 'image/svg+xml')
      .expect(200)
      .expect('Content-Type', /image\/svg\+xml/);
    expect((svg.body as Buffer).toString()).toContain(features[0].tag);
  });

  it('costs little to poll: unchanged it is 304, and only the members that are wanted are sent', async () => {
    const states = async () =>
      ((await app.http.get('/api/v1/predictions').expect(200)).body as PredictionPageDto).items;
    const before = await states();
    const asked = await app.http
      .post('/api/v1/predictions')
      .send({ eq_id: 'REACTOR', at: BEFORE_ONSET })
      .expect(202);
    const job = `/api/v1/predictions/${asked.body.job_id}`;
    expect(await states()).toHaveLength(before.length + 1);
    await waitFor('the prediction', async () => {
      const { body, headers } = await app.http.get(`${job}?fields=status,progress`).expect(200);
      expect(Object.keys(body as object).sort()).toEqual(['progress', 'status']);
      expect(headers['retry-after']).toBe(body.status === 'completed' ? undefined : '1');
      return body.status === 'completed';
    });
    expect((await states())[0]).toMatchObject({ job_id: asked.body.job_id, status: 'completed' });
    const { headers, body } = await app.http.get(job).expect(200);
    expect(body.result).not.toBeNull();
    await app.http.get(job).set('If-None-Match', headers.etag).expect(304);
    const refused = await app.http.get(`${job}?fields=status,colour`).expect(400);
    expect(refused.body.errors).toMatchObject([{ field: 'fields' }]);
    await app.http.get(`${job}?fields=`).expect(400);
  });

  /** How often the models were put to work in this process. */
  async function computed(): Promise<number> {
    const text = await app.get(Metrics).registry.getSingleMetricAsString('model_prediction_seconds');
    return Number(/^model_prediction_seconds_count (\d+)$/m.exec(text)?.[1] ?? NaN);
  }

  it('is computed once for all who ask about a moment, each of whom gets the tags of its unit', async () => {
    const before = await computed();
    const units = ['REACTOR', 'STRIPPER', 'REACTOR', 'SEPARATOR', 'REACTOR'];
    const jobs = await Promise.all(units.map((eq_id) => predict({ eq_id, at: timeOf(310) })));
    expect(await computed()).toBe(before + 1);
    const forecasts = jobs.map(({ result }) => result?.forecast.map(({ tag }) => tag) ?? []);
    expect(forecasts[2]).toEqual(forecasts[0]);
    expect(forecasts[0]).toContain('XMEAS_09');
    expect(forecasts[1]).toContain('XMEAS_15');
    expect(forecasts[1]).not.toContain('XMEAS_09');
    expect(new Set(jobs.map(({ result }) => result?.fault_probability)).size).toBe(1);
  });

  it('is computed anew for another horizon, after a late sample, and with another version in use', async () => {
    const at = timeOf(310);
    const ask = async (horizon_steps?: number) =>
      (await predict({ eq_id: 'REACTOR', at, horizon_steps })).result;
    const first = await ask();
    let count = await computed();
    const isComputed = async (): Promise<void> => expect(await computed()).toBe(++count);

    expect((await ask(5))?.forecast[0].steps).toHaveLength(5);
    await isComputed();

    const late = RECORDS[309];
    await app
      .get(SampleWriter)
      .writeRecords([{ ts: late.ts, values: late.values.map((value) => 1.02 * value) }]);
    const afterLate = await ask();
    await isComputed();
    expect(afterLate?.detector.statistic).not.toBe(first?.detector.statistic);
    await app.get(SampleWriter).writeRecords([late]);
    expect(await ask()).toEqual(first);

    const folder = join(models, 'innovation_bank');
    await cp(join(folder, '1'), join(folder, '2'), { recursive: true });
    const card = JSON.parse(await readFile(join(folder, '1', 'card.json'), 'utf8')) as object;
    await writeFile(join(folder, '2', 'card.json'), JSON.stringify({ ...card, version: '2' }));
    expect((await ask())?.models.detector).toEqual({ name: 'innovation_bank', version: '2' });
    await isComputed();
    await app.get(ModelsService).activate('innovation_bank', '1');
    expect((await ask())?.models.detector).toEqual({ name: 'innovation_bank', version: '1' });
  });

  it('answers the first reply again for the same Idempotency-Key, and refuses it for another request', async () => {
    const ask = (at: string) =>
      app.http.post('/api/v1/predictions').set('Idempotency-Key', 'same').send({ eq_id: 'REACTOR', at });
    const [first, second] = [await ask(BEFORE_ONSET).expect(202), await ask(BEFORE_ONSET).expect(202)];
    expect(second.body.job_id).toBe(first.body.job_id);
    const third = await ask(AFTER_ONSET).expect(422);
    expect(third.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('answers the first reply again when the plant has moved on and the window would be refused', async () => {
    const ask = () =>
      app.http
        .post('/api/v1/predictions')
        .set('Idempotency-Key', 'moved-on')
        .send({ eq_id: 'REACTOR', at: AFTER_ONSET });
    const first = await ask().expect(202);
    const stale = AppError.unprocessable('WINDOW_STALE', 'No samples close to it');
    const windows = jest.spyOn(app.get(PredictionWindows), 'newestSample').mockRejectedValue(stale);
    const again = await ask().expect(202);
    expect(again.body.job_id).toBe(first.body.job_id);
    windows.mockRestore();
  });

  it('says what is missing when the history is too short or has a gap', async () => {
    const short = await app.http
      .post('/api/v1/predictions')
      .send({ eq_id: 'REACTOR', at: timeOf(40) })
      .expect(422);
    expect(short.body).toMatchObject({ code: 'WINDOW_TOO_SHORT', missing: { rows: 41, needed_rows: 80 } });
    const later = RECORDS.slice(0, 30).map(({ values }, i) => ({
      ts: RECORDS[RECORDS.length - 1].ts + (i + 20) * INTERVAL_MS,
      values,
    }));
    await app.get(SampleWriter).writeRecords(later);
    const at = new Date(later[later.length - 1].ts).toISOString();
    const gap = await app.http.post('/api/v1/predictions').send({ eq_id: 'REACTOR', at }).expect(422);
    expect(gap.body).toMatchObject({ code: 'WINDOW_HAS_GAPS', missing: { needed_rows: 80 } });
    const stale = await app.http.post('/api/v1/predictions').send({ eq_id: 'REACTOR' }).expect(422);
    expect(stale.body).toMatchObject({ code: 'WINDOW_STALE' });
  });

  it.each([
    ['neither equipment nor lot', {}, 400, 'eq_id'],
    ['both of them', { eq_id: 'REACTOR', lot_id: 1 }, 400, 'eq_id'],
    ['a horizon of 21 steps', { eq_id: 'REACTOR', horizon_steps: 21 }, 400, 'horizon_steps'],
    ['a negative horizon', { eq_id: 'REACTOR', horizon_steps: -3 }, 400, 'horizon_steps'],
    ['a moment in the future', { eq_id: 'REACTOR', at: '2099-01-01T00:00:00Z' }, 400, 'at'],
  ])('refuses %s', async (_what, request, status, field) => {
    const { body } = await app.http.post('/api/v1/predictions').send(request).expect(status);
    expect(body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  it('answers 404 to what does not exist', async () => {
    await app.http.post('/api/v1/predictions').send({ eq_id: 'NOWHERE' }).expect(404);
    await app.http
      .post('/api/v1/predictions')
      .send({ eq_id: 'REACTOR', at: BEFORE_ONSET, model: 'oracle' })
      .expect(404);
    await app.http.get('/api/v1/predictions/5f0c7a52-2b1a-4f9b-9d0e-0d5a2f6f5c11').expect(404);
    await app.http.get('/api/v1/predictions/42').expect(400);
  });

  it('can be cancelled while it waits, and only once', async () => {
    const queues = app.get(JobQueue).queues();
    await Promise.all(queues.map((queue) => queue.pause()));
    const asked = await Promise.all(
      Array.from({ length: 6 }, () =>
        app.http.post('/api/v1/predictions').send({ eq_id: 'REACTOR', at: AFTER_ONSET }).expect(202),
      ),
    );
    const last = String(asked[asked.length - 1].body.status_url);
    await app.http.delete(last).expect(204);
    expect((await app.http.get(last)).body).toMatchObject({ status: 'cancelled', result: null });
    const again = await app.http.delete(last).expect(409);
    expect(again.body).toMatchObject({ code: 'JOB_FINISHED' });
    await Promise.all(queues.map((queue) => queue.resume()));
  });

  it('is listed without its result, the newest first', async () => {
    const { body } = await app.http.get('/api/v1/predictions?limit=3').expect(200);
    expect(body.items).toHaveLength(3);
    expect(body.items[0]).not.toHaveProperty('result');
    const times = body.items.map(({ created_at }: { created_at: string }) => created_at);
    expect([...times].sort().reverse()).toEqual(times);
    const failed = '/api/v1/predictions?status=failed&total=true&limit=';
    const all = await app.http.get(`${failed}500`).expect(200);
    expect((await app.http.get(`${failed}1`).expect(200)).body.total).toBe(all.body.items.length);
    expect(all.body.total).toBe(all.body.items.length);
  });
});
