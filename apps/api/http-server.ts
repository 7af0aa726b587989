import { type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  API_PREFIX,
  type Config,
  configureHttp,
  loggerOf,
  logSettings,
  NestLogger,
  refuseUnknownPaths,
  shutDownOnSignals,
  startStep,
} from '#platform';
import { serveDashboard } from './dashboard.js';
import { serveOpenApi } from './openapi.js';
import { QUEUE_BOARD_PATH, serveQueueBoard } from './queue-board.js';

/** A client that sends its headers or its body too slowly is cut off. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 120_000;
/** Node looks for such clients twice a minute unless it is configured otherwise before it listens; the types do not know how. */
const SLOW_CLIENTS_CHECK_MS = 1_000;
/** Longer than proxies and clients keep idle connections, so that they close them and never send into a closed one. */
const KEEP_ALIVE_MS = 75_000;
const MAX_CONNECTIONS = 5_000;

/** Builds the HTTP application of a root module: API, dashboard, OpenAPI page, queue board. It does not listen yet. */
export async function createHttpServer(root: DynamicModule): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(root, {
    bodyParser: false,
    logger: new NestLogger(),
    forceCloseConnections: true,
    abortOnError: false,
  });
  configureHttp(app);
  serveDashboard(app);
  serveOpenApi(app);
  serveQueueBoard(app);
  shutDownOnSignals(app);
  const server = app.getHttpServer();
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  Object.assign(server, { connectionsCheckingInterval: SLOW_CLIENTS_CHECK_MS });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = MAX_CONNECTIONS;
  return app;
}

/** Listens and says where to look. */
export async function listen(app: NestExpressApplication, config: Config): Promise<void> {
  await startStep('starting the parts', () => app.init());
  refuseUnknownPaths(app);
  await app.listen(config.port, config.host);
  const address = await app.getUrl();
  const url = address.replace('[::1]', '127.0.0.1');
  const doors = config.authenticationRequired
    ? 'API keys required'
    : 'open to everybody on this machine (loopback only)';
  if (logSettings().format === 'json')
    return loggerOf('http').info({ url, doors }, 'tep-dashboard-backend is ready');
  process.stdout.write(
    [
      '',
      '  tep-dashboard-backend is ready',
      `    Dashboard            ${url}/`,
      `    API and OpenAPI UI   ${url}/docs`,
      `    Queue board          ${url}${QUEUE_BOARD_PATH}`,
      `    Health               ${url}${API_PREFIX}/health`,
      `    Doors                ${doors}`,
      '',
      '',
    ].join('\n'),
  );
}
