import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { Controller, Get, Post, Query } from '@nestjs/common';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { FeatureApp, rawRequest } from '#testing';
import { createApiKey, type Role } from '../config/api-keys.js';
import { AppError } from '../failure/errors.js';
import { keptAnswer, type KeptAnswer } from './kept-answer.js';
import { RequireRole } from './role.guard.js';

/** JSON of so many bytes; some letters of it have three. */
function wallOf(bytes: number): string {
  return `"${'벽'.padEnd(bytes - 4, '-')}"`;
}

@Controller('door')
class DoorController {
  @Get()
  read(): KeptAnswer<{ read: true }> {
    return keptAnswer({ from: [] }, () => Promise.resolve({ read: true }));
  }

  @Post()
  change(): { changed: true } {
    return { changed: true };
  }

  @Get('board')
  @RequireRole('admin')
  board(): KeptAnswer<{ board: true }> {
    return keptAnswer({ from: [] }, () => Promise.resolve({ board: true }));
  }

  @Get('wall')
  wall(@Query('bytes') bytes: string): KeptAnswer<Buffer> {
    return keptAnswer<Buffer>({ from: [] }, () => Promise.resolve(Buffer.from(wallOf(Number(bytes)))));
  }

  @Get('out')
  out(): never {
    throw new AppError({ kind: 'unavailable', code: 'OUT', message: 'away', retryAfterSeconds: 5 });
  }

  @Get('public')
  @RequireRole('public')
  everybody(): { everybody: true } {
    return { everybody: true };
  }
}

class DoorModule {}
const imports = [{ module: DoorModule, controllers: [DoorController] }];
const ROLES: Role[] = ['viewer', 'operator', 'admin'];
const keys = Object.fromEntries(ROLES.map((role) => [role, createApiKey(role, role)]));
const expired = createApiKey('former', 'admin', '2020-01-01');

describe('doors with API keys', () => {
  let app: FeatureApp;

  beforeAll(async () => {
    const entries = [...Object.values(keys), expired].map(({ entry }) => entry);
    app = await FeatureApp.start({
      profile: 'embedded',
      imports,
      variables: { API_KEYS: entries.join(), ALLOWED_HOSTS: 'plant.example' },
    });
  });

  afterAll(() => app.stop());

  it.each([
    ['without a key', {}, 401],
    ['with the key of a viewer', { Authorization: `Bearer ${keys.viewer.secret}` }, 403],
  ])('close the connection on a large body %s, and say so', async (_who, headers, status) => {
    const answer = await rawRequest(`${app.url}/api/v1/door`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', ...headers },
      body: 'x'.repeat(500_000),
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.connection).toBe('close');
  });

  it.each([
    ['viewer', 200, 403, 403],
    ['operator', 200, 201, 403],
    ['admin', 200, 201, 200],
  ])('let a %s read (%i), change (%i) and administer (%i)', async (role, read, change, administer) => {
    const bearer = `Bearer ${keys[role].secret}`;
    await app.http.get('/api/v1/door').set('Authorization', bearer).expect(read);
    await app.http.post('/api/v1/door').set('Authorization', bearer).expect(change);
    await app.http.get('/api/v1/door/board').set('Authorization', bearer).expect(administer);
  });

  it('stay shut when somebody else has been answered the same before', async () => {
    const ask = (path: string, role?: Role) => {
      const request = app.http.get(`/api/v1/door${path}`);
      return role ? request.set('X-API-Key', keys[role].secret) : request;
    };
    for (const [path, body] of [
      ['', { read: true }],
      ['/board', { board: true }],
    ] as const)
      for (let time = 0; time < 2; time++) expect((await ask(path, 'admin').expect(200)).body).toEqual(body);
    await ask('/board', 'viewer').expect(403);
    expect((await ask('/board').expect(401)).headers['www-authenticate']).toBe('Bearer');
    await ask('', 'viewer').expect(200);
    await ask('').expect(401);
    await ask('', 'viewer').set('Host', 'elsewhere.example').expect(403);
  });

  it('say what is missing', async () => {
    const refused = await app.http
      .post('/api/v1/door')
      .set('Authorization', `Bearer ${keys.viewer.secret}`)
      .expect(403);
    expect(refused.body).toMatchObject({
      code: 'FORBIDDEN',
      detail: expect.stringMatching(/operator.*viewer/),
    });
  });

  it('take the key as Bearer, as X-API-Key and as a password', async () => {
    const { secret } = keys.viewer;
    await app.http.get('/api/v1/door').set('X-API-Key', secret).expect(200);
    await app.http.get('/api/v1/door').auth('anybody', secret).expect(200);
    await app.http.get('/api/v1/door').set('Authorization', `bearer ${secret}`).expect(200);
  });

  it.each([
    ['no key', undefined],
    ['an unknown key', 'Bearer tep_unknown'],
    ['an expired key', `Bearer ${expired.secret}`],
    ['an empty key', 'Bearer '],
    ['another scheme', `Digest ${keys.admin.secret}`],
    ['nonsense', 'Basic ÿÿÿ'],
  ])('refuse %s', async (_what, authorization) => {
    const request = app.http.get('/api/v1/door');
    if (authorization !== undefined)
      request.set('Authorization', Buffer.from(authorization).toString('latin1'));
    const { body, headers } = await request.expect(401);
    expect(body).toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
    expect(headers['www-authenticate']).toBe('Bearer');
  });

  it('let everybody to what is public', async () => {
    await app.http.get('/api/v1/door/public').expect(200);
  });

  it.each([
    ['Host', 'evil.example'],
    ['Host', '127.0.0.1.evil.example'],
    ['Host', '192.0.2.7'],
    ['Origin', 'https://evil.example'],
    ['Origin', 'null'],
    ['Origin', 'http://plant.example.evil'],
  ])('refuse a foreign %s (%s) before they look at any key', async (header, value) => {
    const { body } = await app.http
      .get('/api/v1/door')
      .set('X-API-Key', keys.admin.secret)
      .set(header, value)
      .expect(403);
    expect(body).toMatchObject({ code: 'FOREIGN_HOST' });
  });

  it.each([
    ['Host', 'plant.example'],
    ['Host', 'PLANT.example:8443'],
    ['Host', '[::1]:8000'],
    ['Origin', 'https://plant.example'],
  ])('know their own %s (%s)', async (header, value) => {
    await app.http.get('/api/v1/door').set('X-API-Key', keys.viewer.secret).set(header, value).expect(200);
  });
});

describe('doors on a loopback address', () => {
  let app: FeatureApp;

  beforeAll(async () => {
    app = await FeatureApp.start({ profile: 'embedded', imports });
  });

  afterAll(() => app.stop());

  it.each([1_000, 100_000, 300_000])(
    'let an answer of %d bytes through as it is, also again',
    async (bytes) => {
      const path = `/api/v1/door/wall?bytes=${bytes}`;
      const tags = new Set<string>();
      for (let time = 0; time < 3; time++) {
        const { headers, text: body } = await app.http.get(path).expect(200);
        expect(headers['content-type']).toBe('application/json; charset=utf-8');
        expect(headers['content-length']).toBe(String(bytes));
        // a difference is said without all of the text
        expect(body === wallOf(bytes)).toBe(true);
        tags.add(headers.etag);
      }
      const [tag] = tags;
      expect(tags.size).toBe(1);
      const head = await app.http.head(path).expect(200);
      expect([head.headers.etag, head.headers['content-length']]).toEqual([tag, String(bytes)]);
      // at this address and at one that nobody has asked for before
      for (const known of [path, `${path}&again`]) {
        // as the fetch of browsers and of Node says it
        for (const cacheControl of ['max-age=0', 'no-cache']) {
          const request = app.http.get(known).set('If-None-Match', tag).set('Cache-Control', cacheControl);
          const { headers, text: body } = await request.expect(304);
          expect([headers.etag, headers['content-type'], body]).toEqual([tag, undefined, '']);
        }
      }
    },
  );

  it('are open, but not to foreign pages', async () => {
    await app.http.get('/api/v1/door/board').expect(200);
    await app.http.post('/api/v1/door').expect(201);
    await app.http.post('/api/v1/door').set('Origin', 'http://evil.example').expect(403);
    await app.http.get('/api/v1/door').set('Host', 'rebound.example').expect(403);
  });
});

describe('doors with CORS_ORIGINS', () => {
  const ORIGIN = 'http://panel.example:5173';
  const key = { 'X-API-Key': keys.viewer.secret };
  let app: FeatureApp;

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile: 'embedded',
      imports,
      variables: { API_KEYS: keys.viewer.entry, CORS_ORIGINS: ORIGIN },
    });
  });

  afterAll(() => app.stop());

  it('tell a browser beforehand what a page may send', async () => {
    const { headers } = await app.http
      .options('/api/v1/door')
      .set('Origin', ORIGIN)
      .set('Access-Control-Request-Method', 'POST')
      .set('Access-Control-Request-Headers', 'x-api-key,idempotency-key')
      .expect(204);
    expect(headers['access-control-allow-origin']).toBe(ORIGIN);
    expect(headers['access-control-allow-methods']).toBe('GET,HEAD,POST,PATCH,DELETE');
    for (const name of [
      'X-API-Key',
      'Idempotency-Key',
      'If-Match',
      'If-None-Match',
      'Content-Type',
      'Last-Event-ID',
    ])
      expect(headers['access-control-allow-headers'].split(',')).toContain(name);
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    expect(headers.vary).toContain('Origin');
  });

  it.each([
    ['an answer', 'GET', '/door', key, 200],
    ['no key', 'GET', '/door', {}, 401],
    ['a role that does not suffice', 'POST', '/door', key, 403],
    ['no such route', 'GET', '/window', key, 404],
    [
      'a body that is too large',
      'POST',
      '/door',
      { ...key, 'Content-Type': 'application/json', 'Content-Length': '9999999' },
      413,
    ],
    ['an outage', 'GET', '/door/out', key, 503],
  ])('let its pages read what comes of %s', async (_what, method, path, headers, status) => {
    const { hostname, port } = new URL(app.url);
    const head = Object.entries({ Host: hostname, Origin: ORIGIN, Connection: 'close', ...headers });
    const socket = connect(Number(port), hostname);
    socket.write(
      `${method} /api/v1${path} HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    );
    const answer = await text(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(`Access-Control-Allow-Origin: ${ORIGIN}\r\n`);
    expect(answer).toMatch(/Access-Control-Expose-Headers: Location,Retry-After,ETag,Content-Disposition,/);
    expect(answer).toMatch(/\r\nVary: [^\r]*Origin/);
  });

  it('let its pages read why the parser cuts them short', async () => {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /api/v1/door HTTP/1.1\r\nHost: ${hostname}\r\nOrigin: ${ORIGIN}\r\nX-API-Key: ${keys.viewer.secret}\r\n` +
        `Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    );
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer.toLowerCase()).toContain(`access-control-allow-origin: ${ORIGIN}\r\n`);
  });

  it.each([
    'http://panel.example',
    'https://panel.example:5173',
    'http://panel.example:5174',
    'http://sub.panel.example:5173',
    'null',
  ])('refuse pages of %s, and say which setting is meant', async (origin) => {
    const { body, headers } = await app.http.get('/api/v1/door').set(key).set('Origin', origin).expect(403);
    expect(body).toMatchObject({ code: 'FOREIGN_HOST', detail: expect.stringContaining('CORS_ORIGINS') });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('are for the API only, and no way round the names of the server', async () => {
    await app.http.get('/metrics').set(key).set('Origin', ORIGIN).expect(403);
    await app.http.get('/admin/queues').set(key).set('Origin', ORIGIN).expect(403);
    await app.http
      .get('/api/v1/door')
      .set(key)
      .set('Origin', ORIGIN)
      .set('Host', 'panel.example:5173')
      .expect(403);
  });

  it('say nothing of it to other clients', async () => {
    const { headers } = await app.http.get('/api/v1/door').set(key).expect(200);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers.vary).toContain('Origin');
  });
});

describe('an application that was only created', () => {
  const running: FeatureApp[] = [];

  afterAll(() => Promise.all(running.map((app) => app.stop())));

  async function created(variables: Record<string, string>): Promise<FeatureApp['http']> {
    const app = await FeatureApp.start({ profile: 'embedded', imports, variables, onlyCreated: true });
    running.push(app);
    return app.http;
  }

  it('is closed to whoever has no key, or not the role', async () => {
    const http = await created({ API_KEYS: keys.viewer.entry });
    const { body } = await http.get('/door').expect(401);
    expect(body).toMatchObject({ code: 'UNAUTHORIZED' });
    await http.post('/door').set('X-API-Key', keys.viewer.secret).expect(403);
    await http.get('/door').set('X-API-Key', keys.viewer.secret).expect(200);
  });

  it('is closed altogether where no keys are asked for, because nobody looks at hosts', async () => {
    const http = await created({});
    const { body } = await http.get('/door').expect(403);
    expect(body).toMatchObject({ code: 'FOREIGN_HOST' });
  });
});
