import { type Config, Heartbeats } from '#platform';
import { createHttpServer, listen } from './http-server.js';
import { ApiModule } from './api.module.js';

/** Starts an API process; resolves when it answers. */
export async function start(config: Config): Promise<void> {
  const app = await createHttpServer(ApiModule.forRoot(config));
  await listen(app, config);
  await app.get(Heartbeats).start('api');
}
