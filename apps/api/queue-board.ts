import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { INestApplication } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { Config, JobQueue, principalOf, requireRole, sendProblem } from '#platform';

export const QUEUE_BOARD_PATH = '/admin/queues';

/** Serves the queue board to administrators; a browser is asked for the API key as a password. */
export function serveQueueBoard(app: INestApplication): void {
  const config = app.get(Config);
  const server = new ExpressAdapter();
  server.setBasePath(QUEUE_BOARD_PATH);
  createBullBoard({
    queues: app
      .get(JobQueue)
      .queues()
      .map((queue) => new BullMQAdapter(queue)),
    serverAdapter: server,
    options: { uiConfig: { boardTitle: 'TEP queues' } },
  });
  app.use(QUEUE_BOARD_PATH, onlyAdmins(config), server.getRouter());
}

function onlyAdmins(config: Config): (request: Request, response: Response, next: NextFunction) => void {
  return (request, response, next) => {
    try {
      requireRole(principalOf(request, config), 'admin');
      next();
    } catch (error) {
      response.setHeader(
        'WWW-Authenticate',
        'Basic realm="Queue board: API key as password", charset="UTF-8"',
      );
      sendProblem(response, error);
    }
  };
}
