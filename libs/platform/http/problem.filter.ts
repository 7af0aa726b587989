import { randomUUID } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Response } from 'express';
import { AppError, type ErrorKind } from '../failure/errors.js';
import { loggerOf } from '../observability/logger.js';

const STATUS: Record<ErrorKind, number> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  precondition_required: 428,
  too_many_requests: 429,
  unavailable: 503,
  storage_full: 507,
};

/** Codes of refusals that come from the framework, not from us. */
const FRAMEWORK_CODES: Record<number, string> = {
  400: 'BAD_REQUEST',
  404: 'ROUTE_NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'REQUEST_TIMEOUT',
  413: 'BODY_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** RFC 9457 problem document. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string;
  errors?: { field: string; message: string }[];
  error_id?: string;
  [member: string]: unknown;
}

/** Turns whatever was thrown into application/problem+json; the unexpected becomes a 500 with an id and nothing else. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = loggerOf('http');

  catch(error: unknown, host: ArgumentsHost): void {
    sendProblem(host.switchToHttp().getResponse<Response>(), error, this.logger);
  }
}

/** Writes the problem document of an error; used by the filter and by plain middleware. */
export function sendProblem(response: Response, error: unknown, logger = loggerOf('http')): void {
  const problem = problemOf(error) ?? unexpected(error, logger);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof AppError && error.retryAfterSeconds !== undefined) {
    response.setHeader('Retry-After', String(error.retryAfterSeconds));
  }
  if (problem.status === 401 && !response.hasHeader('WWW-Authenticate'))
    response.setHeader('WWW-Authenticate', 'Bearer');
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

function problemOf(error: unknown): Problem | undefined {
  if (error instanceof AppError) {
    return {
      ...error.details,
      type: 'about:blank',
      title: titleOf(STATUS[error.kind]),
      status: STATUS[error.kind],
      code: error.code,
      detail: error.message,
      ...(error.fields.length > 0 ? { errors: error.fields } : {}),
    };
  }
  const status = error instanceof HttpException ? error.getStatus() : bodyParserStatus(error);
  if (status === undefined || status >= 500) return undefined;
  return problemDocument(status, FRAMEWORK_CODES[status] ?? 'REQUEST_REFUSED', (error as Error).message);
}

/** A problem document with nothing but the common members. */
export function problemDocument(status: number, code: string, detail: string): Problem {
  return { type: 'about:blank', title: titleOf(status), status, code, detail };
}

/** Express's body parser and router throw plain errors that carry a 4xx status. */
function bodyParserStatus(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | undefined)?.status;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function unexpected(error: unknown, logger: ReturnType<typeof loggerOf>): Problem {
  const errorId = randomUUID();
  logger.error({ err: error, error_id: errorId }, 'unexpected error');
  return { type: 'about:blank', title: titleOf(500), status: 500, code: 'INTERNAL_ERROR', error_id: errorId };
}

function titleOf(status: number): string {
  const titles: Record<number, string> = {
    400: 'Bad Request',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'Not Found',
    405: 'Method Not Allowed',
    408: 'Request Timeout',
    409: 'Conflict',
    412: 'Precondition Failed',
    413: 'Content Too Large',
    415: 'Unsupported Media Type',
    422: 'Unprocessable Content',
    428: 'Precondition Required',
    429: 'Too Many Requests',
    431: 'Request Header Fields Too Large',
    500: 'Internal Server Error',
    503: 'Service Unavailable',
    507: 'Insufficient Storage',
  };
  return titles[status] ?? 'Error';
}
