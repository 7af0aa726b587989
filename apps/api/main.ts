import 'reflect-metadata';
import { configureLogging, Heartbeats, loadConfig, reportStartFailure } from '#platform';
import { ApiModule } from './api.module.js';
import { createHttpServer, listen } from './http-server.js';

async function main(): Promise<void> {
  const config = loadConfig();
  configureLogging(config.logLevel, 'api');
  const app = await createHttpServer(ApiModule.forRoot(config));
  await listen(app, config);
  await app.get(Heartbeats).start('api');
}

main().catch(reportStartFailure);
