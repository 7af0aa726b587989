import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  configureHttp,
  configureLogging,
  Heartbeats,
  loadConfig,
  loggerOf,
  NestLogger,
  refuseUnknownPaths,
  reportStartFailure,
  shutDownOnSignals,
} from '#platform';
import { WorkerModule } from './worker.module.js';

async function main(): Promise<void> {
  const config = loadConfig();
  configureLogging(config.logLevel, 'worker');
  const app = await NestFactory.create<NestExpressApplication>(WorkerModule.forRoot(config), {
    bodyParser: false,
    logger: new NestLogger(),
    forceCloseConnections: true,
    abortOnError: false,
  });
  configureHttp(app);
  shutDownOnSignals(app);
  await app.init();
  refuseUnknownPaths(app);
  await app.listen(config.workerPort, config.host);
  await app.get(Heartbeats).start('worker');
  loggerOf('worker').info({ url: await app.getUrl() }, 'worker is ready');
}

main().catch(reportStartFailure);
