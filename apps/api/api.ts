import { Config, type Environment, Heartbeats } from '#platform';
import { createHttpServer, listen } from './http-server.js';
import { ApiModule } from './api.module.js';

/** Starts an API process; resolves when it answers. */
export async function start(environment: Environment): Promise<void> {
  const app = await createHttpServer(ApiModule.forRoot(environment));
  await listen(app, environment.of(Config));
  await app.get(Heartbeats).start('api');
}
