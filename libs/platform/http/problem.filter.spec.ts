import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { BadRequestException, InternalServerErrorException, NotFoundException } from '@nestjs/common';
import express, { type Response } from 'express';
import { lastingServer } from '../../../test/harness/lasting-server.js';
import { AppError, type ErrorKind } from '../failure/errors.js';
import { configureLogging } from '../observability/logger.js';
import { sendProblem } from './problem.filter.js';
import { QueueUnavailableError } from '../queue/errors.js';

configureLogging('silent', 'test');

describe('a problem document', () => {
  let server: Server;
  let answer: (response: Response) => void;

  beforeAll(async () => {
    const app = express().use((_request, response) => answer(response));
    server = lastingServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function problemOf(error: unknown): Promise<{ reply: globalThis.Response; body: object }> {
    answer = (response) => sendProblem(response, error);
    const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return { reply, body: (await reply.json()) as object };
  }

  it.each([
    [new Error('SELECT secret FROM api_key: connection lost')],
    [new TypeError('cannot read properties of undefined')],
    [new InternalServerErrorException('stack and all')],
    ['a string'],
    [undefined],
    [null],
    [Object.assign(new Error('upstream'), { status: 502 })],
  ])('of the unexpected (%s) carries an error_id and nothing else', async (error) => {
    const { reply, body } = await problemOf(error);
    expect(reply.status).toBe(500);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(body).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      code: 'INTERNAL_ERROR',
      error_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it.each<[ErrorKind, number]>([
    ['invalid', 400],
    ['unauthorized', 401],
    ['forbidden', 403],
    ['not_found', 404],
    ['conflict', 409],
    ['precondition_failed', 412],
    ['too_large', 413],
    ['unsupported_media_type', 415],
    ['unprocessable', 422],
    ['precondition_required', 428],
    ['too_many_requests', 429],
    ['unavailable', 503],
  ])('of a refusal of kind %s has status %i, code, detail and members of its own', async (kind, status) => {
    const error = new AppError({ kind, code: 'SOME_CODE', message: 'because', details: { missing: ['x'] } });
    const { reply, body } = await problemOf(error);
    expect(reply.status).toBe(status);
    expect(body).toMatchObject({ status, code: 'SOME_CODE', detail: 'because', missing: ['x'] });
    expect(body).toHaveProperty('title', expect.not.stringMatching(/^Error$/));
  });

  it('never lets details overrule what it says itself', async () => {
    const error = new AppError({
      kind: 'conflict',
      code: 'REAL',
      message: 'm',
      details: { status: 200, code: 'FAKE' },
    });
    expect((await problemOf(error)).body).toMatchObject({ status: 409, code: 'REAL' });
  });

  it('says when to come again', async () => {
    const { reply, body } = await problemOf(new QueueUnavailableError());
    expect(reply.status).toBe(503);
    expect(reply.headers.get('retry-after')).toBe('5');
    expect(body).toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
  });

  it('asks for a key', async () => {
    const error = new AppError({ kind: 'unauthorized', code: 'UNAUTHORIZED', message: 'm' });
    expect((await problemOf(error)).reply.headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each([
    [new NotFoundException('Cannot GET /x'), 404, 'ROUTE_NOT_FOUND'],
    [new BadRequestException('no'), 400, 'BAD_REQUEST'],
    [Object.assign(new Error('too big'), { status: 413 }), 413, 'BODY_TOO_LARGE'],
    [Object.assign(new Error('bad encoding'), { status: 415 }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [Object.assign(new Error('teapot'), { status: 418 }), 418, 'REQUEST_REFUSED'],
  ])('gives refusals of the framework a code (%s)', async (error, status, code) => {
    const { reply, body } = await problemOf(error);
    expect(reply.status).toBe(status);
    expect(body).toMatchObject({ status, code });
  });

  it('cuts an answer that has begun instead of appending to it', async () => {
    answer = (response) => {
      response.write('{"items":[');
      sendProblem(response, new Error('in the middle'));
    };
    const { port } = server.address() as AddressInfo;
    await expect(fetch(`http://127.0.0.1:${port}/`).then((reply) => reply.text())).rejects.toThrow();
  });
});
