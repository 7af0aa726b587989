import type { CorsOptions } from '@nestjs/common/interfaces/external/cors-options.interface.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'];
/** What a page may send. */
const REQUEST_HEADERS = [
  'Authorization',
  'X-API-Key',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Range',
  'X-Request-Id',
  'X-Next-Cursor',
];
/** What a script may read of an answer beside its body. */
const ANSWER_HEADERS = [
  'Location',
  'Retry-After',
  'ETag',
  'Content-Disposition',
  'Content-Range',
  'X-Request-Id',
];
/** How long a browser need not ask again; half an hour after a change of the setting it has noticed. */
const PREFLIGHT_MAX_AGE_S = 1_800;

/**
 * Lets browsers show pages of these origins the answers of the API, errors too. Keys travel in headers that the page sets;
 * cookies and what a browser knows by itself are not asked for.
 */
export function corsOptions(origins: readonly string[]): CorsOptions {
  return {
    origin: [...origins],
    methods: METHODS,
    allowedHeaders: REQUEST_HEADERS,
    exposedHeaders: ANSWER_HEADERS,
    maxAge: PREFLIGHT_MAX_AGE_S,
  };
}
