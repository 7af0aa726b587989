import type { NextFunction, Request, Response } from 'express';
import { hasBody } from './early-answers.js';
import { AppError } from '../failure/errors.js';
import { sendProblem } from './problem.filter.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads JSON bodies of at most `maxBytes` into `request.body`. A larger one is refused at once, without reading the
 * rest: the usual body parser reads on to the end, which an endless body does not have.
 */
export function jsonBody(
  maxBytes: number,
): (request: Request, response: Response, next: NextFunction) => void {
  return (request, response, next) => {
    const [mediaType, ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
    if (mediaType.trim() !== 'application/json' || !hasBody(request)) return next();
    const refuse = (error: AppError): void => sendProblem(response, error);
    const unreadable = encodingProblem(request, parameters.join(';'));
    if (unreadable) return refuse(unreadable);
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return refuse(tooLarge(maxBytes));

    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return void chunks.push(chunk);
      request.off('data', take).off('end', finish);
      refuse(tooLarge(maxBytes));
    };
    const finish = (): void => {
      try {
        request.body = parse(Buffer.concat(chunks));
      } catch (error) {
        return refuse(malformed(error));
      }
      next();
    };
    request.on('data', take).on('end', finish);
  };
}

/** @throws Error when it is not an object or an array in JSON */
function parse(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const value: unknown = JSON.parse(UTF8.decode(body));
  if (typeof value !== 'object' || value === null) throw new SyntaxError('it is not an object');
  return value;
}

function encodingProblem(request: Request, parameters: string): AppError | undefined {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const charset = /charset="?([^";\s]+)/.exec(parameters)?.[1] ?? 'utf-8';
  if (encoding === 'identity' && /^utf-?8$/.test(charset)) return undefined;
  return new AppError({
    kind: 'unsupported_media_type',
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'A JSON body is read as plain UTF-8, neither compressed nor in another character set',
  });
}

function malformed(cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError({
    kind: 'invalid',
    code: 'MALFORMED_JSON',
    message: `The body is not JSON: ${reason.slice(0, 200)}`,
    cause,
  });
}

function tooLarge(maxBytes: number): AppError {
  return new AppError({
    kind: 'too_large',
    code: 'BODY_TOO_LARGE',
    message: `A JSON body may have ${maxBytes} bytes`,
  });
}
