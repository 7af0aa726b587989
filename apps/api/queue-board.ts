import { createBullBoard } from '@bull-board/api';
import { ExpressAdapter } from '@bull-board/express';
import type { INestApplication } from '@nestjs/common';
import type { Express, NextFunction, Request, Response } from 'express';
import { AppError, Config, JobQueue, JobsService, sendProblem } from '#platform';
import { askForKey } from './ask-for-key.js';
import { BoardQueueAdapter } from './board-queue.adapter.js';
import { foreignPagePolicy } from './content-policy.js';

export const QUEUE_BOARD_PATH = '/admin/queues';

/** What people may change on the board; whatever else it knows would change jobs behind the back of their rows. */
const OFFERED = [
  /^\/api\/queues\/([^/]+\/)?(pause|resume)$/,
  /^\/api\/queues\/[^/]+\/retry\/failed$/,
  /^\/api\/queues\/[^/]+\/[^/]+\/(retry|clean|promote)$/,
];

/** Serves the queue board to administrators; a browser is asked for the API key as a password. */
export function serveQueueBoard(app: INestApplication): void {
  const server = new ExpressAdapter();
  server.setBasePath(QUEUE_BOARD_PATH);
  const [jobQueue, jobs] = [app.get(JobQueue), app.get(JobsService)];
  createBullBoard({
    queues: jobQueue.queues().map((queue) => new BoardQueueAdapter(queue, jobQueue, jobs)),
    serverAdapter: server,
    options: { uiConfig: { boardTitle: 'TEP queues' } },
  });
  const board = server.getRouter() as Express;
  board.disable('x-powered-by');
  const guard = askForKey(app.get(Config), 'admin', 'Queue board');
  app.use(QUEUE_BOARD_PATH, foreignPagePolicy(), guard, onlyWhatIsOffered, board);
}

function onlyWhatIsOffered(request: Request, response: Response, next: NextFunction): void {
  if (request.method === 'GET' || OFFERED.some((path) => path.test(request.path))) return next();
  const message = 'This is not offered: jobs are asked for and cancelled through the API';
  sendProblem(
    response,
    new AppError({ kind: 'conflict', code: 'NOT_OFFERED', message, details: { message } }),
  );
}
