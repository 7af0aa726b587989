import { afterAll, beforeAll, expect, it } from '#jest';
import { Database, Revisions } from '#platform';
import { describeOnBothProfiles, FeatureApp } from '#testing';
import { CATALOGUE } from './catalogue.js';
import { EquipmentHttpModule } from './equipment.http.module.js';
import { PlantRegistration } from './plant-registration.service.js';

interface EquipmentBody {
  eq_id: string;
  name: string;
  version: number;
}

describeOnBothProfiles('equipment', (profile) => {
  let app: FeatureApp;

  beforeAll(async () => {
    app = await FeatureApp.start({ profile, imports: [EquipmentHttpModule] });
  });

  afterAll(() => app.stop());

  const flare = { eq_id: 'FLARE', name: 'Flare stack', kind: 'flare', position: 990 };

  it('registers the plant once, however often it is asked', async () => {
    const registration = app.get(PlantRegistration);
    const first = await registration.register();
    expect(first.tags).toBe(53);
    expect(first.equipment).toBeGreaterThanOrEqual(6);
    expect(await registration.register()).toEqual({ equipment: 0, tags: 0 });
  });

  it('creates an equipment and reads it back with its ETag', async () => {
    const created = await app.http.post('/api/v1/equipment').send(flare).expect(201);
    expect(created.headers.location).toBe('/api/v1/equipment/FLARE');
    const read = await app.http.get('/api/v1/equipment/FLARE').expect(200).expect('ETag', '"1"');
    expect(read.body).toMatchObject({ ...flare, version: 1, description: null });
  });

  it('refuses a second equipment of the same code', async () => {
    const answer = await app.http.post('/api/v1/equipment').send(flare).expect(409);
    expect(answer.body).toMatchObject({ code: 'EQUIPMENT_EXISTS', status: 409 });
    expect(answer.headers.location).toBeUndefined();
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('loses no change when two people edit the same version', async () => {
    const edit = (name: string) =>
      app.http.patch('/api/v1/equipment/FLARE').set('If-Match', '"1"').send({ name });
    const answers = await Promise.all([edit('Flare A'), edit('Flare B')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const winner = answers.find(({ status }) => status === 200)?.body as EquipmentBody;
    const loser = answers.find(({ status }) => status === 412);
    expect(loser?.body).toMatchObject({ code: 'VERSION_CONFLICT', current_etag: '"2"' });
    const { body } = await app.http.get('/api/v1/equipment/FLARE').expect(200);
    expect((body as EquipmentBody).name).toBe(winner.name);
  });

  it('empties what may be empty, and nothing else', async () => {
    const emptied = await app.http
      .patch('/api/v1/equipment/FLARE')
      .set('If-Match', '"2"')
      .send({ description: null })
      .expect(200);
    expect(emptied.body).toMatchObject({ description: null, version: 3 });
    const refused = await app.http
      .patch('/api/v1/equipment/FLARE')
      .set('If-Match', '"3"')
      .send({ name: null })
      .expect(400);
    expect(refused.body.errors).toMatchObject([{ field: 'name' }]);
  });

  it('takes no change for no change', async () => {
    const nothing = (etag: string) =>
      app.http.patch('/api/v1/equipment/FLARE').set('If-Match', etag).send({});
    const { body } = await nothing('"3"').expect(200);
    expect(body).toMatchObject({ version: 3 });
    await nothing('"2"').expect(412);
  });

  it('asks for If-Match', async () => {
    const answer = await app.http.patch('/api/v1/equipment/FLARE').send({ name: 'x' }).expect(428);
    expect(answer.body).toMatchObject({ code: 'IF_MATCH_REQUIRED' });
  });

  it('deletes what nothing refers to and keeps what has tags', async () => {
    await app.http.delete('/api/v1/equipment/FLARE').expect(204);
    await app.http.get('/api/v1/equipment/FLARE').expect(404);
    const answer = await app.http.delete('/api/v1/equipment/REACTOR').expect(409);
    expect(answer.body).toMatchObject({ code: 'EQUIPMENT_IN_USE' });
    await app.http.get('/api/v1/equipment/REACTOR').expect(200);
  });

  it('pages through the list without gap or repetition', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await app.http
        .get('/api/v1/equipment')
        .query({ limit: 2, ...(cursor ? { cursor } : {}) })
        .expect(200);
      const page = body as { items: EquipmentBody[]; next_cursor: string | null };
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ eq_id }) => eq_id));
      cursor = page.next_cursor;
    } while (cursor);
    const { body } = await app.http.get('/api/v1/equipment?limit=500').expect(200);
    expect(seen).toEqual((body as { items: EquipmentBody[] }).items.map(({ eq_id }) => eq_id));
  });

  it('counts what a filter finds, and no further than it has to', async () => {
    const count = async (kind: string): Promise<number> => {
      const { body } = await app.http
        .get('/api/v1/equipment')
        .query({ kind, limit: 1, total: true })
        .expect(200);
      return (body as { total: number }).total;
    };
    expect(await count('reactor')).toBe(1);
    expect(await count('nothing')).toBe(0);
    const database = app.get(Database);
    for (let i = 0; i < 10_050; i += 1_005) {
      const rows = Array.from({ length: 1_005 }, (_, j) => `('N-${i + j}', 'Nozzle', 'nozzle', 1, 1, 0, 0)`);
      await database.query(
        `INSERT INTO equipment (code, name, kind, position, version, created_at, updated_at) VALUES ${rows.join()}`,
      );
    }
    expect(await count('nozzle')).toBe(10_000);
    await database.query("DELETE FROM equipment WHERE kind = 'nozzle'");
    // Rows that are written behind the product's back are in no number that answers follow.
    await app.get(Revisions).raise(CATALOGUE);
    expect(await count('nozzle')).toBe(0);
  });

  it.each([
    ['an unknown field', { ...flare, color: 'red' }, 'color'],
    ['a missing name', { eq_id: 'X', kind: 'flare' }, 'name'],
    ['SQL in the code', { ...flare, eq_id: "X'; DROP TABLE equipment; --" }, 'eq_id'],
    ['a negative position', { ...flare, position: -1 }, 'position'],
  ])('names the field when it is given %s', async (_what, body, field) => {
    const answer = await app.http.post('/api/v1/equipment').send(body).expect(400);
    const { code, errors } = answer.body as { code: string; errors: { field: string }[] };
    expect(code).toBe('VALIDATION_FAILED');
    expect(errors.map((error) => error.field)).toContain(field);
  });

  it.each([
    ['an empty body', undefined, '', 400],
    ['broken JSON', 'application/json', '{"eq_id":', 400],
    ['text', 'text/plain', 'hello', 415],
    ['a body of 2 MB', 'application/json', JSON.stringify({ name: 'x'.repeat(2_000_000) }), 413],
  ])('answers a problem document to %s', async (_what, type, body, status) => {
    const request = app.http.post('/api/v1/equipment');
    if (type) request.set('Content-Type', type);
    const answer = await request.send(body).expect(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status });
  });

  it('refuses requests a foreign page could have caused', async () => {
    await app.http.get('/api/v1/equipment').set('Host', 'evil.example').expect(403);
    await app.http.get('/api/v1/equipment').set('Origin', 'http://evil.example').expect(403);
    await app.http.get('/api/v1/equipment').set('Origin', app.url).expect(200);
  });
});
