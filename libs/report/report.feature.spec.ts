import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { LotHttpModule, LotService } from '#lot';
import { AppError, Database } from '#platform';
import { describeOnBothProfiles, FeatureApp, simulatedRecords, waitFor, writePlantHistory } from '#testing';
import { PredictionJobsModule } from '#prediction';
import type { ReportDto } from './dto/report.dto.js';
import { ReportHttpModule } from './report.http.module.js';
import { ReportJobsModule } from './report.jobs.module.js';
import { ReportRepository } from './report.repository.js';

const RECORDS = simulatedRecords(Date.UTC(2026, 2, 1), { seed: 12, hours: 12 });
const FROM = new Date(RECORDS[0].ts).toISOString();
const TO = new Date(RECORDS[RECORDS.length - 1].ts).toISOString();

describeOnBothProfiles('a report job', (profile) => {
  let app: FeatureApp;

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile,
      imports: [
        LotHttpModule,
        ReportHttpModule,
        ReportJobsModule.forRoot({ besideRequests: true }),
        PredictionJobsModule,
      ],
      queue: 'works',
    });
    await writePlantHistory(app, RECORDS);
  });

  afterAll(() => app.stop());

  async function print(request: object): Promise<ReportDto> {
    const { body } = await app.http.post('/api/v1/reports').send(request).expect(202);
    return waitFor(
      'the report to be printed',
      async () => {
        const job = (await app.http.get(String(body.status_url)).expect(200)).body as ReportDto;
        if (job.status === 'failed') throw new Error(JSON.stringify(job.error));
        return job.status === 'completed' ? job : undefined;
      },
      { timeoutMs: 90_000 },
    );
  }

  it('prints a PDF that can be downloaded whole, in part, and not again', async () => {
    const { download_url, filename, pages } = await print({ type: 'daily', lang: 'ko', from: FROM, to: TO });
    expect(pages).toBeGreaterThan(0);
    const whole = await app.http
      .get(String(download_url))
      .buffer(true)
      .expect(200)
      .expect('Content-Type', 'application/pdf');
    const bytes = whole.body as Buffer;
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(whole.headers['content-disposition']).toBe(`attachment; filename="${filename}"`);
    const part = await app.http
      .get(String(download_url))
      .set('Range', 'bytes=10-19')
      .buffer(true)
      .expect(206);
    expect(part.headers['content-range']).toBe(`bytes 10-19/${bytes.length}`);
    expect(part.body).toEqual(bytes.subarray(10, 20));
    await app.http.get(String(download_url)).set('Range', `bytes=${bytes.length}-`).expect(416);
    await app.http.get(String(download_url)).set('If-None-Match', whole.headers.etag).expect(304);
  });

  it('ends with its file in one step: once, and not at all when it was cancelled', async () => {
    const reports = app.get(ReportRepository);
    const countFiles = async (): Promise<number> =>
      Number((await app.get(Database).query<{ n: number }>('SELECT COUNT(*) AS n FROM report_file'))[0].n);
    const begun = async () => {
      const jobId = randomUUID();
      const period = { periodFrom: Date.parse(FROM), periodTo: Date.parse(TO) };
      await reports.insertQueued({ jobId, requestedBy: 'test', type: 'daily', lang: 'en', ...period });
      const run = await reports.begin(jobId);
      if (!run) throw new Error('there is no run');
      return run;
    };
    const made = { filename: 'report.pdf', pages: 1, content: Buffer.from('%PDF-') };
    const before = await countFiles();
    const [whole, cancelled] = [await begun(), await begun()];
    expect(await reports.completeWithFile(whole, made)).toBe(true);
    // as after a COMMIT whose answer was lost
    expect(await reports.completeWithFile(whole, made)).toBe(false);
    await reports.cancel(cancelled.jobId);
    expect(await reports.completeWithFile(cancelled, made)).toBe(false);
    expect(await countFiles()).toBe(before + 1);
    const completed = await reports.find(whole.jobId);
    expect(await reports.findFile(completed?.fileId ?? NaN)).toMatchObject({
      size: 5,
      content: made.content,
    });
  });

  it('reports on one equipment', async () => {
    const report = await print({ type: 'equipment', eq_id: 'REACTOR', from: FROM, to: TO });
    expect(report).toMatchObject({ type: 'equipment', eq_id: 'REACTOR', lang: 'en', progress: 100 });
  });

  it('is answered again for the same Idempotency-Key when what it is about is gone', async () => {
    const { lot_id } = (
      await app.http.post('/api/v1/lots').send({ lot_no: 'OVER', started_at: FROM, ended_at: TO }).expect(201)
    ).body as { lot_id: number };
    const ask = (body: object) =>
      app.http.post('/api/v1/reports').set('Idempotency-Key', 'lot-report').send(body);
    const first = await ask({ type: 'lot', lot_id }).expect(202);
    const gone = AppError.notFound('LOT', 'lot', lot_id);
    const lots = jest.spyOn(app.get(LotService), 'require').mockRejectedValue(gone);
    const again = await ask({ type: 'lot', lot_id }).expect(202);
    expect(again.body.job_id).toBe(first.body.job_id);
    const other = await ask({ type: 'lot', lot_id, lang: 'ko' }).expect(422);
    expect(other.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    lots.mockRestore();
  });

  it.each([
    ['a type that does not exist', { type: 'weekly' }, 400, 'type'],
    ['a language that does not exist', { type: 'daily', lang: 'fr' }, 400, 'lang'],
    ['a lot report without a lot', { type: 'lot' }, 400, 'lot_id'],
    ['a daily report with a lot', { type: 'daily', lot_id: 1 }, 400, 'lot_id'],
    ['a lot report with a period', { type: 'lot', lot_id: 1, from: FROM }, 400, 'from'],
    ['from after to', { type: 'daily', from: TO, to: FROM }, 400, 'from'],
    [
      'a period of two months',
      { type: 'daily', from: '2026-01-01T00:00:00Z', to: '2026-03-01T00:00:00Z' },
      400,
      'to',
    ],
  ])('refuses %s', async (_what, request, status, field) => {
    const { body } = await app.http.post('/api/v1/reports').send(request).expect(status);
    expect(body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  it('answers 404 to what does not exist, and 409 to a download before its time', async () => {
    await app.http.post('/api/v1/reports').send({ type: 'lot', lot_id: 4711 }).expect(404);
    await app.http.post('/api/v1/reports').send({ type: 'anomaly', anomaly_id: 4711 }).expect(404);
    const { body } = await app.http
      .post('/api/v1/reports')
      .send({ type: 'daily', from: FROM, to: TO })
      .expect(202);
    const early = await app.http.get(`${body.status_url}/download`);
    expect([409, 200]).toContain(early.status);
    await app.http
      .delete(String(body.status_url))
      .expect((answer) => expect([204, 409]).toContain(answer.status));
    const cancelled = await app.http.get(String(body.status_url)).expect(200);
    expect(['cancelled', 'completed']).toContain(cancelled.body.status);
  });
});
