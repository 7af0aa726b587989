import { type Config, Heartbeats } from '#platform';
import { createHttpServer, listen } from '../api/http-server.js';
import { StandaloneModule } from './standalone.module.js';

/** Starts API and worker in one process; resolves when it answers. */
export async function start(config: Config): Promise<void> {
  const app = await createHttpServer(StandaloneModule.forRoot(config));
  await listen(app, config);
  await app.get(Heartbeats).start('standalone');
}
