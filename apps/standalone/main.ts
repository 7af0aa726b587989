import 'reflect-metadata';
import { configureLogging, Heartbeats, loadConfig, reportStartFailure } from '#platform';
import { createHttpServer, listen } from '../api/http-server.js';
import { StandaloneModule } from './standalone.module.js';

async function main(): Promise<void> {
  const config = loadConfig();
  configureLogging(config.logLevel, 'standalone');
  const app = await createHttpServer(StandaloneModule.forRoot(config));
  await listen(app, config);
  await app.get(Heartbeats).start('standalone');
}

main().catch(reportStartFailure);
