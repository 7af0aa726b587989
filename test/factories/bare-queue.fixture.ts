import type { INestApplicationContext } from '@nestjs/common';
import { QUEUE_TRANSPORT } from '../../libs/platform/queue/queue.tokens.js';
import type { BullQueue, BullWorker, QueueTransport } from '../../libs/platform/queue/transport.js';

/** BullMQ alone on the transport of an application: a queue without rows, and a worker that does nothing. */
export function bareQueue(
  app: INestApplicationContext,
  concurrency: number,
): { queue: BullQueue; worker: BullWorker } {
  const transport = app.get<QueueTransport>(QUEUE_TRANSPORT, { strict: false });
  const queue = transport.createQueue('bare');
  const worker = transport.createWorker('bare', () => Promise.resolve(undefined), { concurrency });
  return { queue, worker };
}
