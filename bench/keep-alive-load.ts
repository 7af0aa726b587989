import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What a server made of a load. */
export interface LoadFigures {
  /** Answers in a second of wall time. */
  perSecond: number;
  /** Time from the request to the last byte of its answer, ascending [ms]. */
  latencies: Float64Array;
  /** Bytes of one answer, its head included. */
  answerBytes: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /^content-length: *(\d+)/im;
const CHUNKED = /^transfer-encoding: *chunked/im;
const LAST_CHUNK = '0\r\n\r\n';
const STATUS = /^HTTP\/1\.1 (\d{3})/;

/**
 * Asks for one path over and over on connections that are kept open, each with one request under way. The client is as plain as
 * can be, so that it is the server that is measured: it looks at status and length of an answer and throws the rest away.
 * @throws Error when an answer has another status, or no length
 */
export async function load(
  port: number,
  path: string,
  { connections, milliseconds, answers = 0, headers = [], status = 200 }: LoadSettings,
): Promise<LoadFigures> {
  const request = Buffer.from(
    [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...headers, '', ''].join('\r\n'),
  );
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  let answerBytes = 0;
  // Node accepts one connection a turn of its loop: those that a busy server has not got to yet would wait for the whole round
  for (const socket of sockets) {
    socket.write(request);
    answerBytes = await answer(socket, path, status);
  }
  const latencies: number[] = [];
  const started = performance.now();
  const goesOn = (): boolean => {
    const passed = performance.now() - started;
    return passed < milliseconds || (latencies.length < answers && passed < 3 * milliseconds);
  };
  await Promise.all(
    sockets.map(async (socket) => {
      while (goesOn()) {
        const asked = performance.now();
        socket.write(request);
        answerBytes = await answer(socket, path, status);
        latencies.push(performance.now() - asked);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  for (const socket of sockets) socket.destroy();
  return {
    perSecond: latencies.length / seconds,
    latencies: Float64Array.from(latencies).sort(),
    answerBytes,
  };
}

export interface LoadSettings {
  connections: number;
  milliseconds: number;
  /** It goes on, up to three times as long, until there are so many. */
  answers?: number;
  /** Further lines of the request, e.g. `If-None-Match: "…"`. */
  headers?: readonly string[];
  /** @default 200 */
  status?: number;
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** @returns the bytes of the answer */
function answer(socket: Socket, path: string, status: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let expected = Infinity;
    let isChunked = false;
    let bytes = 0;
    let head: Buffer = Buffer.alloc(0);
    const end = (error?: Error): void => {
      socket.off('data', take).off('error', end).off('close', closed);
      if (error) reject(error);
      else resolve(bytes);
    };
    const closed = (): void => end(new Error(`the server closed a connection during ${path}`));
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (expected === Infinity) {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
        const headEnd = head.indexOf(HEAD_END);
        if (headEnd < 0) return;
        const text = head.toString('latin1', 0, headEnd);
        const got = Number(STATUS.exec(text)?.[1]);
        if (got !== status) return end(new Error(`${path} answered ${got} instead of ${status}`));
        isChunked = CHUNKED.test(text);
        const length = got === 304 ? 0 : Number(LENGTH.exec(text)?.[1] ?? NaN);
        if (!isChunked && Number.isNaN(length)) return end(new Error(`${path} answered without a length`));
        expected = isChunked ? 0 : headEnd + HEAD_END.length + length;
      }
      if (isChunked ? chunk.toString('latin1').endsWith(LAST_CHUNK) : bytes >= expected) end();
    };
    socket.on('data', take).on('error', end).on('close', closed);
  });
}
