import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { INestApplication } from '@nestjs/common';
import type { Express } from 'express';
import { type BullQueue, Config, JobQueue } from '#platform';
import { askForKey } from './ask-for-key.js';

export const QUEUE_BOARD_PATH = '/admin/queues';

/** Serves the queue board to administrators; a browser is asked for the API key as a password. */
export function serveQueueBoard(app: INestApplication): void {
  const config = app.get(Config);
  const server = new ExpressAdapter();
  server.setBasePath(QUEUE_BOARD_PATH);
  const jobs = app.get(JobQueue);
  createBullBoard({
    queues: jobs
      .queues()
      .map((queue) =>
        jobs.transportKind === 'pglite' ? new EmbeddedQueueAdapter(queue, jobs) : new BullMQAdapter(queue),
      ),
    serverAdapter: server,
    options: { uiConfig: { boardTitle: 'TEP queues' } },
  });
  const board = server.getRouter() as Express;
  board.disable('x-powered-by');
  app.use(QUEUE_BOARD_PATH, askForKey(config, 'admin', 'Queue board'), board);
}

/**
 * BullMQ lists workers by the names of their connections. The embedded queue has one connection for all, and no workers
 * but those of this process. Of a paused queue it lists the waiting jobs, and counts none.
 */
class EmbeddedQueueAdapter extends BullMQAdapter {
  constructor(
    private readonly bullQueue: BullQueue,
    private readonly jobs: JobQueue,
  ) {
    super(bullQueue);
  }

  override getWorkers(): ReturnType<BullMQAdapter['getWorkers']> {
    const workers = this.jobs.workersHere(this.bullQueue.name).map(({ id, startedAt }) => ({
      id,
      name: null,
      addr: `process ${process.pid}`,
      age: Math.round((Date.now() - startedAt) / 1_000),
    }));
    return Promise.resolve(workers);
  }

  override async getJobCounts(): ReturnType<BullMQAdapter['getJobCounts']> {
    const { [this.bullQueue.name]: ours } = await this.jobs.counts();
    return { ...(await super.getJobCounts()), waiting: ours.waiting };
  }
}
