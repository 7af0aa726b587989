import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  Config,
  type Environment,
  configureHttp,
  Heartbeats,
  loggerOf,
  NestLogger,
  refuseUnknownPaths,
  shutDownOnSignals,
  startStep,
} from '#platform';
import { WorkerModule } from './worker.module.js';

/** Starts a worker process; resolves when it works and answers. */
export async function start(environment: Environment): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(WorkerModule.forRoot(environment), {
    bodyParser: false,
    logger: new NestLogger(),
    forceCloseConnections: true,
    abortOnError: false,
  });
  configureHttp(app);
  shutDownOnSignals(app);
  await startStep('starting the parts', () => app.init());
  refuseUnknownPaths(app);
  const { workerPort, host } = environment.of(Config);
  await app.listen(workerPort, host);
  await app.get(Heartbeats).start('worker');
  loggerOf('worker').info({ url: await app.getUrl() }, 'worker is ready');
}
