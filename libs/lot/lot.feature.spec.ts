import { afterAll, beforeAll, expect, it } from '#jest';
import { ProcessClock } from '#platform';
import { describeOnBothProfiles, FeatureApp } from '#testing';
import type { LotDto } from './dto/lot.dto.js';
import { LotHttpModule } from './lot.http.module.js';
import { LotService } from './lot.service.js';

const HOUR_MS = 3_600_000;

describeOnBothProfiles('lots', (profile) => {
  let app: FeatureApp;
  /** The plant's now in all these tests. */
  const now = Date.UTC(2026, 2, 10);

  beforeAll(async () => {
    app = await FeatureApp.start({ profile, imports: [LotHttpModule] });
    await app.get(ProcessClock).set({ timeMs: now, wallMs: Date.now(), rate: 0 });
  });

  afterAll(() => app.stop());

  const hour = (hours: number): string => new Date(now + hours * HOUR_MS).toISOString();
  const post = (lot: object) => app.http.post('/api/v1/lots').send(lot);
  const made = async (lot: object): Promise<LotDto> => (await post(lot).expect(201)).body as LotDto;

  it('records a lot that is over and reads it back with its ETag', async () => {
    const answer = await post({
      lot_no: 'past',
      started_at: hour(-100),
      ended_at: hour(-90),
      grade: 'G50/H50',
      known_fault: 4,
    }).expect(201);
    const lot = answer.body as LotDto;
    expect(answer.headers.location).toBe(`/api/v1/lots/${lot.lot_id}`);
    const read = await app.http.get(`/api/v1/lots/${lot.lot_id}`).expect(200).expect('ETag', '"1"');
    expect(read.body).toMatchObject({
      lot_no: 'past',
      status: 'closed',
      started_at: hour(-100),
      ended_at: hour(-90),
      known_fault: 4,
      note: null,
    });
  });

  it.each([
    ['inside', -98, -95],
    ['around', -110, -80],
    ['over the start', -101, -99],
    ['over the end', -91, -80],
  ])('refuses a window %s another lot, naming it', async (_where, from, to) => {
    const answer = await post({ lot_no: 'x', started_at: hour(from), ended_at: hour(to) }).expect(409);
    expect(answer.body).toMatchObject({ code: 'LOT_OVERLAP', lot_no: 'past' });
  });

  it('lets windows touch: the end is exclusive', async () => {
    await made({ lot_no: 'before', started_at: hour(-101), ended_at: hour(-100) });
    await made({ lot_no: 'after', started_at: hour(-90), ended_at: hour(-89) });
    const lots = app.get(LotService);
    expect((await lots.lotAt(now - 100 * HOUR_MS))?.lotNo).toBe('past');
    expect((await lots.lotAt(now - 90 * HOUR_MS - 1))?.lotNo).toBe('past');
    expect((await lots.lotAt(now - 90 * HOUR_MS))?.lotNo).toBe('after');
    expect(await lots.lotAt(now - 89 * HOUR_MS)).toBeNull();
  });

  it('gives one of ten simultaneous callers the window, and tells the others', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        post({ lot_no: `race-${i}`, started_at: hour(-60 - i / 10), ended_at: hour(-50 + i / 10) }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
    const { body } = await app.http
      .get('/api/v1/lots')
      .query({ from: hour(-61), to: hour(-49) })
      .expect(200);
    expect((body as { items: LotDto[] }).items).toHaveLength(1);
  });

  it('has one open lot, which runs on for ever until it is closed', async () => {
    const lot = await made({ lot_no: 'running', started_at: hour(-10) });
    expect(lot).toMatchObject({ status: 'open', ended_at: null });
    expect((await app.get(LotService).openLot())?.id).toBe(lot.lot_id);
    await post({ lot_no: 'second' }).expect(409);
    const closed = await app.http
      .post(`/api/v1/lots/${lot.lot_id}/close`)
      .send({ at: hour(-2) })
      .expect(200);
    expect(closed.body).toMatchObject({ status: 'closed', ended_at: hour(-2), version: 2 });
    const again = await app.http.post(`/api/v1/lots/${lot.lot_id}/close`).expect(409);
    expect(again.body).toMatchObject({ code: 'LOT_CLOSED' });
  });

  it('closes at the plant’s now when no time is given, and never later', async () => {
    const lot = await made({ lot_no: 'latest', started_at: hour(-1) });
    const future = await app.http
      .post(`/api/v1/lots/${lot.lot_id}/close`)
      .send({ at: hour(1) })
      .expect(400);
    expect(future.body).toMatchObject({ errors: [{ field: 'at' }] });
    const early = await app.http
      .post(`/api/v1/lots/${lot.lot_id}/close`)
      .send({ at: hour(-1) })
      .expect(400);
    expect(early.body).toMatchObject({ errors: [{ field: 'at' }] });
    const closed = await app.http.post(`/api/v1/lots/${lot.lot_id}/close`).expect(200);
    expect(closed.body).toMatchObject({ ended_at: hour(0) });
  });

  it('moves a window under If-Match, but not over another lot', async () => {
    const lot = await made({ lot_no: 'movable', started_at: hour(-30), ended_at: hour(-29) });
    const patch = (etag: string, body: object) =>
      app.http.patch(`/api/v1/lots/${lot.lot_id}`).set('If-Match', etag).send(body);
    const moved = await patch('"1"', { started_at: hour(-35), note: 'moved' }).expect(200);
    expect(moved.body).toMatchObject({
      started_at: hour(-35),
      ended_at: hour(-29),
      note: 'moved',
      version: 2,
    });
    expect((await patch('"1"', { note: 'late' }).expect(412)).body).toMatchObject({
      code: 'VERSION_CONFLICT',
      current_etag: '"2"',
    });
    expect((await patch('"2"', { ended_at: hour(-5) }).expect(409)).body).toMatchObject({
      code: 'LOT_OVERLAP',
    });
    expect((await patch('"2"', { lot_no: 'past' }).expect(409)).body).toMatchObject({ code: 'LOT_EXISTS' });
    expect((await patch('"2"', {}).expect(200)).body).toMatchObject({ note: 'moved', version: 2 });
    expect((await patch('"2"', { note: null }).expect(200)).body).toMatchObject({ note: null, version: 3 });
    await app.http.patch(`/api/v1/lots/${lot.lot_id}`).send({ note: 'x' }).expect(428);
  });

  it('gives an open lot its end only by closing it', async () => {
    const lot = await made({ lot_no: 'still open', started_at: hour(0) });
    const answer = await app.http
      .patch(`/api/v1/lots/${lot.lot_id}`)
      .set('If-Match', '"1"')
      .send({ ended_at: hour(0) })
      .expect(409);
    expect(answer.body).toMatchObject({ code: 'LOT_NOT_CLOSED' });
  });

  it('pages through the list, newest first, and filters by status', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await app.http
        .get('/api/v1/lots')
        .query({ limit: 3, status: 'closed', ...(cursor ? { cursor } : {}) })
        .expect(200);
      const page = body as { items: LotDto[]; next_cursor: string | null };
      seen.push(...page.items.map(({ started_at }) => started_at));
      cursor = page.next_cursor;
    } while (cursor);
    expect(seen).toHaveLength(7);
    expect(seen).toEqual([...seen].sort().reverse());
    const counted = await app.http.get('/api/v1/lots?status=closed&limit=3&total=true').expect(200);
    expect(counted.body).toMatchObject({ total: 7 });
    const open = await app.http.get('/api/v1/lots?status=open').expect(200);
    expect((open.body as { items: LotDto[] }).items.map(({ lot_no }) => lot_no)).toEqual(['still open']);
  });

  it.each([
    ['a number in use', { lot_no: 'past' }, 409],
    ['an end before the start', { lot_no: 'y', started_at: '2026-01-02', ended_at: '2026-01-01' }, 400],
    ['a start in the future', { lot_no: 'y', started_at: '2030-01-01' }, 400],
    ['a time that is none', { lot_no: 'y', started_at: 'yesterday' }, 400],
    ['a fault nobody knows', { lot_no: 'y', known_fault: 22 }, 400],
    ['no number', {}, 400],
    ['a number of control characters', { lot_no: 'a\u0000b' }, 400],
    ['null for a number', { lot_no: null }, 400],
  ])('refuses %s', async (_what, body, status) => {
    const answer = await post({ started_at: '2026-01-01', ended_at: '2026-01-02', ...body }).expect(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it.each(['0', '-1', 'abc', '1e99', "1'; DROP TABLE lot; --"])('answers 400 to the id %s', async (id) => {
    await app.http.get(`/api/v1/lots/${encodeURIComponent(id)}`).expect(400);
  });

  it('answers 404 for a lot that is not there', async () => {
    const answer = await app.http.get('/api/v1/lots/999999').expect(404);
    expect(answer.body).toMatchObject({ code: 'LOT_NOT_FOUND' });
    await app.http.get('/api/v1/lots?from=2026-01-02&to=2026-01-01').expect(400);
  });

  it('takes what only looks different for the same number, on both databases', async () => {
    const nfd = '반응기-1'.normalize('NFD');
    const lot = await made({
      lot_no: ` ${nfd} `,
      started_at: hour(-200),
      ended_at: hour(-199),
      note: ' a\r\nb ',
    });
    expect(lot).toMatchObject({ lot_no: '반응기-1', note: 'a\nb' });
    const read = await app.http.get(`/api/v1/lots/${lot.lot_id}`).expect(200);
    expect(read.body).toMatchObject({ lot_no: '반응기-1', note: 'a\nb' });
    for (const lot_no of ['반응기-1', '반응기-1 ', nfd]) {
      const again = await post({ lot_no, started_at: hour(-198), ended_at: hour(-197) }).expect(409);
      expect(again.body).toMatchObject({ code: 'LOT_EXISTS' });
    }
  });

  it.each([
    ['note', 'kept\0lost', 'note must not hold the control character U+0000'],
    ['note', 'half \ud83d', 'note must not hold half a surrogate pair, U+D83D'],
    ['grade', 'G50\nH50', 'grade must not hold line breaks'],
    ['grade', `${'x'.repeat(40)}é`, 'grade must be shorter than or equal to 40 characters'],
  ])('refuses a %s that cannot be kept as it is: %j', async (field, text, message) => {
    const lot = { lot_no: 'refused', started_at: hour(-198), ended_at: hour(-197), [field]: text };
    const answer = await post(lot).expect(400);
    expect(answer.body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field, message }] });
  });
});
