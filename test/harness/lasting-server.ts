import { createServer, type RequestListener, type Server } from 'node:http';

/** A server that keeps idle connections: a starved one closes them just as its client sends the next request on one. */
export function lastingServer(listener?: RequestListener): Server {
  return createServer({ keepAliveTimeout: 0 }, listener);
}
