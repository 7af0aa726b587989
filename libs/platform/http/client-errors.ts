import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { loggerOf } from '../observability/logger.js';
import { problemDocument } from './problem.filter.js';

/** How long a sender that was answered may go on sending before the line is cut. */
const LINGER_MS = 2_000;

interface Refusal {
  status: number;
  code: string;
  detail: string;
}

const REFUSALS: Record<string, Refusal> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'HEADERS_TOO_LARGE',
    detail: 'The request line and the headers are more than 16 KiB',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: 'BODY_TOO_LARGE',
    detail: 'The chunk extensions of the body are too large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'REQUEST_TIMEOUT',
    detail: 'The request did not arrive in time',
  },
};
const MALFORMED: Refusal = {
  status: 400,
  code: 'MALFORMED_REQUEST',
  detail: 'This is not a request of HTTP/1.1',
};

/**
 * Answers with problem documents what the HTTP parser refuses before any route sees it, and passes to the routes
 * what it would answer by itself: requests without a Host, and expectations other than 100-continue.
 */
export function answerClientErrors(server: Server): void {
  const logger = loggerOf('http');
  const latest = new WeakMap<Socket, ServerResponse>();
  const answered = new WeakSet<Socket>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) =>
    latest.set(request.socket, response),
  );
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  // The framework creates the server without options; Node reads this one with every request.
  Object.assign(server, { requireHostHeader: false });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // The parser complains again about whatever else the sender had under way.
    if (answered.has(socket)) return;
    answered.add(socket);
    const response = latest.get(socket);
    const isHalfAnswered = response?.headersSent === true && !response.writableFinished;
    if (!socket.writable || error.code === 'ECONNRESET' || isHalfAnswered) {
      socket.destroy();
      return;
    }
    const refusal = REFUSALS[error.code ?? ''] ?? MALFORMED;
    logger.debug({ status: refusal.status, reason: error.code }, 'request refused by the parser');
    socket.end(rawProblem(refusal, corsHeadersOf(response)));
    const cut = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once('close', () => clearTimeout(cut));
  });
}

/** Those of the answer under way, so that a page of another origin can read why it is cut short. */
function corsHeadersOf(response: ServerResponse | undefined): string[] {
  if (response === undefined || response.writableFinished) return [];
  return Object.entries(response.getHeaders())
    .filter(([name]) => name === 'vary' || name.startsWith('access-control-'))
    .map(([name, value]) => `${name}: ${String(value)}`);
}

function rawProblem({ status, code, detail }: Refusal, headers: string[]): string {
  const problem = problemDocument(status, code, detail);
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${status} ${problem.title}`,
    'Connection: close',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n');
}
