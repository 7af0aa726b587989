import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { LONGEST_ANSWER_MS } from './contract-client.js';

export interface RawRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export interface RawReply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request exactly as stated: fetch sends no foreign Host, and no-cache along with If-None-Match. */
export async function rawRequest(
  url: string,
  { method = 'GET', headers, body }: RawRequest = {},
): Promise<RawReply> {
  const sent = request(url, { method, headers, signal: AbortSignal.timeout(LONGEST_ANSWER_MS) });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks = (await answer.toArray()) as Buffer[];
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() };
}
