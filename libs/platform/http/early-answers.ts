import type { Socket } from 'node:net';
import type { NextFunction, Request, Response } from 'express';

/** How long a sender that was answered already may go on sending before the line is cut. */
const LINGER_MS = 2_000;

const closing = new WeakSet<Socket>();

/**
 * An answer that is sent before the body of its request has come to its end, a refusal mostly, closes the connection and
 * says so: nobody reads that body, and a next request behind it would wait for ever. What is still sent is swallowed for
 * a while, because a line that is closed on unread bytes is reset, often before the sender has read its answer.
 */
export function closeAfterEarlyAnswers(request: Request, response: Response, next: NextFunction): void {
  // Sent behind a body that nobody read: its sender is being informed that this connection ends.
  if (closing.has(request.socket)) return void request.resume();
  if (hasBody(request)) {
    const writeHead = response.writeHead.bind(response) as (...head: unknown[]) => Response;
    response.writeHead = (...head: unknown[]) => {
      if (!request.complete) {
        response.setHeader('Connection', 'close');
        closing.add(request.socket);
        lingerOnClose(request);
      }
      return writeHead(...head);
    };
  }
  next();
}

/** Whether a request brings a body, which may yet be empty. */
export function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Node calls `destroySoon` on a connection that ends with its answer, as soon as this is written. */
function lingerOnClose(request: Request): void {
  const { socket } = request;
  const destroySoon = socket.destroySoon.bind(socket);
  socket.destroySoon = () => {
    if (request.readableEnded || request.destroyed) return destroySoon();
    socket.end();
    const cut = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once('close', () => clearTimeout(cut));
    request.once('end', destroySoon).resume();
  };
}
