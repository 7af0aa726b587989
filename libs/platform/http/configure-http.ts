import { randomUUID } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { API_PREFIX } from './api-prefix.js';
import { refuseDeepBodies } from './body-depth.js';
import { answerClientErrors } from './client-errors.js';
import { Config } from '../config/config.js';
import { corsOptions } from './cors.js';
import { HostCheckMiddleware } from './host-check.middleware.js';
import { closeAfterEarlyAnswers } from './early-answers.js';
import { AppError } from '../failure/errors.js';
import { jsonBody } from './json-body.js';
import { KeptAnswers } from './kept-answers.js';
import { isLogged, loggerOf } from '../observability/logger.js';
import { Metrics } from '../observability/metrics.js';
import { sendProblem } from './problem.filter.js';
import { withRequestId } from '../observability/request-context.js';

/** Largest JSON body: about 15,000 samples, parsed in well under 50 ms. */
export const MAX_JSON_BODY_BYTES = 1_048_576;
const REQUEST_ID = /^[A-Za-z0-9_.:-]{1,100}$/;
const LATENCY_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * What stands before every route and before what is mounted beside them (queue board, OpenAPI page): host check, limits of
 * bodies, request ids, figures, security headers. Guards, filter and pipe of the routes are providers of HttpModule.
 */
export function configureHttp(app: INestApplication): void {
  const express = app as NestExpressApplication;
  const config = app.get(Config);
  answerClientErrors(express.getHttpServer());
  express.disable('x-powered-by');
  express.set('query parser', 'simple');
  const hostCheck = new HostCheckMiddleware(config);
  app.use(
    inOneStep(
      closeAfterEarlyAnswers,
      requestIds,
      requestFigures(app.get(Metrics)),
      conditionalRequests,
      hostCheck.use.bind(hostCheck),
    ),
  );
  if (config.corsOrigins.length > 0) express.enableCors(corsOptions(config.corsOrigins));
  app.use(
    inOneStep(securityHeaders(), app.get(KeptAnswers).serve, jsonBody(MAX_JSON_BODY_BYTES), refuseDeepBodies),
  );
  app.setGlobalPrefix(API_PREFIX, { exclude: ['metrics'] });
}

/** Answers what no route and no page has answered; to be called once the routes are there. */
export function refuseUnknownPaths(app: INestApplication): void {
  app.use((request: Request, response: Response) => {
    const message = `Cannot ${request.method} ${request.path.slice(0, 300)}`;
    sendProblem(response, new AppError({ kind: 'not_found', code: 'ROUTE_NOT_FOUND', message }));
  });
}

type Step = (request: Request, response: Response, next: NextFunction) => void;

/** One piece of middleware that does these in order: the router has work with every piece, as much as most of them have. */
function inOneStep(...steps: Step[]): Step {
  return steps.reduceRight<Step>(
    (rest, step) => (request, response, next) =>
      step(request, response, (error?: unknown) => (error ? next(error) : rest(request, response, next))),
    (_request, _response, next) => next(),
  );
}

function requestIds(request: Request, response: Response, next: NextFunction): void {
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', requestId);
  withRequestId(requestId, next);
}

/**
 * Who names the entity tag he has is told 304 while it is the same, `no-cache` or not. Node's `fetch` adds that word to such
 * a request so that no cache in between answers it; Express takes it as a wish for all of the answer again.
 */
function conditionalRequests(request: Request, _response: Response, next: NextFunction): void {
  if (request.headers['if-none-match'] !== undefined) delete request.headers['cache-control'];
  next();
}

function requestFigures(
  metrics: Metrics,
): (request: Request, response: Response, next: NextFunction) => void {
  const latency = metrics.histogram(
    'http_request_duration_seconds',
    'Time from the first byte of a request to the last of its answer',
    ['method', 'route', 'status'],
    LATENCY_BUCKETS_S,
  );
  const logger = loggerOf('http');
  return (request, response, next) => {
    const started = performance.now();
    response.on('finish', () => {
      if (isEventStream(response)) return;
      const seconds = (performance.now() - started) / 1_000;
      const route = (request.route as { path?: string } | undefined)?.path ?? 'unmatched';
      latency.observe({ method: request.method, route, status: String(response.statusCode) }, seconds);
      if (response.statusCode < 500 && !isLogged('debug')) return;
      const line = {
        method: request.method,
        url: request.originalUrl.slice(0, 300),
        status: response.statusCode,
        ms: Math.round(seconds * 1_000),
      };
      // What is away or full says so itself, once; its refusals are no errors of ours.
      if (response.statusCode > 500) logger.warn(line, 'request refused');
      else if (response.statusCode === 500) logger.error(line, 'request failed');
      else logger.debug(line, 'request');
    });
    next();
  };
}

/** A stream of events is open for as long as somebody reads it: that says nothing of how fast requests are answered. */
function isEventStream(response: Response): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream');
}

/** Answers of the API are no pages: nothing in them may be loaded or run. Pages beside the routes set a policy of their own. */
function securityHeaders(): Step {
  return sameHeaders(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      },
      xFrameOptions: { action: 'deny' },
      strictTransportSecurity: false,
    }),
  );
}

/** Sets the headers that a middleware sets, which are the same for every request, without asking it again. */
function sameHeaders(middleware: ReturnType<typeof helmet>): Step {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  middleware(request, response, () => undefined);
  const headers = Object.entries(response.getHeaders()) as [string, string][];
  return (_request, answer, next) => {
    for (const [name, value] of headers) answer.setHeader(name, value);
    next();
  };
}
