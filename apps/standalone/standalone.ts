import { Config, type Environment, Heartbeats } from '#platform';
import { createHttpServer, listen } from '../api/http-server.js';
import { StandaloneModule } from './standalone.module.js';

/** Starts API and worker in one process; resolves when it answers. */
export async function start(environment: Environment): Promise<void> {
  const app = await createHttpServer(StandaloneModule.forRoot(environment));
  await listen(app, environment.of(Config));
  await app.get(Heartbeats).start('standalone');
}
