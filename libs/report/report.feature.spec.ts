import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '#jest';
import { LotHttpModule, LotService } from '#lot';
import { AppError, Database, type Page, ProcessClock } from '#platform';
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
      variables: { PLANT_TIME_ZONE: 'Europe/Berlin', PRODUCTION_DAY_START: '06:00' },
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
    const { download_url, filename, pages, time_zone } = await print({
      type: 'daily',
      lang: 'ko',
      from: '2026-03-01T00:00:00+09:00',
      to: '2026-03-02T00:00:00+09:00',
    });
    // a day of whoever asks in +09:00, wherever the plant is
    expect([filename, time_zone]).toEqual(['daily-report_2026-03-01_ko.pdf', '+09:00']);
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
      await reports.insertQueued({
        jobId,
        requestedBy: 'test',
        type: 'daily',
        lang: 'en',
        timeZone: 'UTC',
        ...period,
      });
      const run = await reports.begin(jobId);
      if (!run) throw new Error('there is no run');
      return run;
    };
    const made = { filename: 'lot-report_반응-7_ko.pdf', pages: 1, content: Buffer.from('%PDF-') };
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
    const { headers } = await app.http.get(`/api/v1/reports/${whole.jobId}/download`).expect(200);
    expect(headers['content-disposition']).toBe(
      `attachment; filename="lot-report_--7_ko.pdf"; filename*=UTF-8''lot-report_${encodeURIComponent('반응')}-7_ko.pdf`,
    );
  });

  it.each([
    ['a day of 25 hours', { type: 'daily', date: '2025-10-26' }, '2025-10-25T22:00', '2025-10-26T23:00'],
    ['a day of 23 hours', { type: 'daily', date: '2025-03-30' }, '2025-03-29T23:00', '2025-03-30T22:00'],
    [
      'a day of another zone',
      { type: 'daily', date: '2026-03-01', time_zone: 'Asia/Kathmandu' },
      '2026-02-28T18:15',
      '2026-03-01T18:15',
    ],
    [
      'bare dates',
      { type: 'equipment', eq_id: 'REACTOR', from: '2026-03-01', to: '2026-03-03' },
      '2026-02-28T23:00',
      '2026-03-02T23:00',
    ],
    [
      'a production day of 23 hours',
      { type: 'production_day', date: '2025-03-29' },
      '2025-03-29T05:00',
      '2025-03-30T04:00',
    ],
    // by the plant's clock it is 04:59 on the 20th, in the production day that began on the 19th
    ['the last complete production day', { type: 'production_day' }, '2026-11-18T05:00', '2026-11-19T05:00'],
  ])('is about %s', async (_what, request, from, to) => {
    const clock = app.get(ProcessClock);
    await clock.set({ timeMs: Date.parse('2026-11-20T03:59:00Z'), wallMs: Date.now(), rate: 0 });
    const { body } = await app.http.post('/api/v1/reports').send(request).expect(202);
    const report = (await app.http.get(String(body.status_url)).expect(200)).body as ReportDto;
    expect([report.from.slice(0, 16), report.to.slice(0, 16)]).toEqual([from, to]);
    expect(report.time_zone).toBe((request as { time_zone?: string }).time_zone ?? 'Europe/Berlin');
    await app.http.delete(String(body.status_url));
    await clock.release();
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
    ['a date beside a period', { type: 'daily', date: '2026-03-01', from: FROM }, 400, 'date'],
    ['a date that does not exist', { type: 'daily', date: '2026-02-29' }, 400, 'date'],
    ['a production day with a period', { type: 'production_day', from: FROM }, 400, 'from'],
    ['a zone that does not exist', { type: 'daily', time_zone: 'Asia/Atlantis' }, 400, 'time_zone'],
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

  it('is found by state, type, language and when it was asked for, in either order', async () => {
    const reports = app.get(ReportRepository);
    const period = { periodFrom: Date.parse(FROM), periodTo: Date.parse(TO), timeZone: 'UTC' };
    const day = (number: number): number => Date.UTC(2020, 0, number);
    const ids: string[] = [];
    for (const [i, [type, lang]] of (
      [
        ['daily', 'en'],
        ['daily', 'ko'],
        ['equipment', 'ko'],
        ['daily', 'en'],
      ] as const
    ).entries()) {
      const jobId = randomUUID();
      await reports.insertQueued({ jobId, requestedBy: 'test', type, lang, ...period });
      await reports.cancel(jobId);
      const sql = 'UPDATE report SET created_at = ? WHERE job_id = ?';
      await app.get(Database).query(sql, [day(i + 1), jobId]);
      ids.push(jobId);
    }
    const found = async (query: object): Promise<Page<ReportDto> & { ids: number[] }> => {
      const within = { created_from: '2020-01-01T00:00:00Z', created_to: '2020-01-04T00:00:00Z', ...query };
      const answer = await app.http.get('/api/v1/reports').query(within).expect(200);
      const page = answer.body as Page<ReportDto>;
      return { ...page, ids: page.items.map(({ job_id }) => ids.indexOf(job_id)) };
    };
    expect((await found({})).ids).toEqual([2, 1, 0]);
    expect((await found({ order: 'oldest' })).ids).toEqual([0, 1, 2]);
    expect((await found({ lang: 'ko' })).ids).toEqual([2, 1]);
    expect((await found({ lang: 'ko', type: 'daily', status: 'cancelled' })).ids).toEqual([1]);
    expect((await found({ status: 'completed' })).ids).toEqual([]);
    for (const order of ['newest', 'oldest']) {
      const first = await found({ order, limit: 2, total: true });
      expect(first.total).toBe(3);
      const rest = await found({ order, limit: 2, cursor: first.next_cursor });
      expect([...first.ids, ...rest.ids]).toEqual(order === 'newest' ? [2, 1, 0] : [0, 1, 2]);
      expect(rest).toMatchObject({ next_cursor: null });
      expect(rest).not.toHaveProperty('total');
    }
  });

  it.each([
    ['order=up', 'order'],
    ['lang=fr', 'lang'],
    ['created_from=yesterday', 'created_from'],
    ['created_from=2020-01-02&created_to=2020-01-01', 'created_from'],
    ['total=perhaps', 'total'],
  ])('is not looked for by %s', async (query, field) => {
    const { body } = await app.http.get(`/api/v1/reports?${query}`).expect(400);
    expect(body.errors.map((error: { field: string }) => error.field)).toEqual([field]);
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
