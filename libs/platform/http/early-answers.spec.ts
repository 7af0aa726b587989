import { once } from 'node:events';
import { Agent, type IncomingMessage, request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '#jest';
import express from 'express';
import { lastingServer } from '../../../test/harness/lasting-server.js';
import { closeAfterEarlyAnswers } from './early-answers.js';

const LARGE = 'x'.repeat(4_000_000);

describe('an answer', () => {
  let server: Server;
  let port: number;
  const served: string[] = [];

  beforeAll(async () => {
    const app = express()
      .use(closeAfterEarlyAnswers)
      .use((request, _response, next) => {
        served.push(request.path);
        next();
      })
      .post('/refused-unread', (_request, response) => void response.status(413).send('too large'))
      .post('/refused-in-the-middle', (request, response) => {
        request.once('data', () => {
          request.pause();
          response.status(422).send('wrong');
        });
      })
      .use((request, response) => {
        request.resume().once('end', () => response.send('well'));
      });
    server = lastingServer(app);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ({ port } = server.address() as AddressInfo);
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  beforeEach(() => void served.splice(0));

  async function post(
    path: string,
    body: string,
    agent?: Agent,
  ): Promise<[number | undefined, string | undefined, string?]> {
    const sent = httpRequest({ port, path, method: 'POST', agent });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return [answer.statusCode, answer.headers.connection, await text(answer)];
  }

  it.each([
    ['/refused-unread', 413, 'too large'],
    ['/refused-in-the-middle', 422, 'wrong'],
  ])(
    'sent early closes the connection and says so, and the next request is well (%s)',
    async (path, status, said) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let round = 0; round < 3; round++) {
        expect(await post(path, LARGE.slice(0, 200_000), agent)).toEqual([status, 'close', said]);
        expect(await post('/read', LARGE, agent)).toEqual([200, 'keep-alive', 'well']);
      }
      agent.destroy();
      for (let round = 0; round < 3; round++) {
        const refused = await fetch(`http://127.0.0.1:${port}${path}`, {
          method: 'POST',
          body: LARGE.slice(0, 200_000),
        });
        expect([refused.status, await refused.text()]).toEqual([status, said]);
        const read = await fetch(`http://127.0.0.1:${port}/read`, { method: 'POST', body: LARGE });
        expect([read.status, await read.text()]).toEqual([200, 'well']);
      }
    },
  );

  it.each([
    ['/refused-unread', 'too large'],
    ['/refused-in-the-middle', 'wrong'],
  ])(
    'sent early reaches a sender that reads nothing before it has sent everything (%s)',
    async (path, said) => {
      const socket = connect(port, '127.0.0.1').pause();
      const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${LARGE.length}\r\n\r\n`;
      await new Promise<void>((resolve) => socket.write(head + LARGE, () => resolve()));
      expect((await text(socket)).split('\r\n\r\n')[1]).toBe(said);
    },
  );

  it('sent early leaves a request behind that body undone', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST /refused-unread HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde' +
        'POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab',
    );
    const answers = await text(socket);
    expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413']);
    expect(served).toEqual(['/refused-unread']);
  });

  it('sent early cuts a sender off that goes on and on', async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    const closed = once(socket.resume(), 'close');
    socket.write('POST /refused-unread HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const drops = setInterval(() => socket.write('1\r\nx\r\n'), 50);
    await closed;
    clearInterval(drops);
    expect(socket.destroyed).toBe(true);
  });

  it('to a request without a body, or one that was read, keeps the connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await post('/refused-unread', '', agent)).toEqual([413, 'keep-alive', 'too large']);
    expect(await post('/read', 'abc', agent)).toEqual([200, 'keep-alive', 'well']);
    agent.destroy();
  });
});
