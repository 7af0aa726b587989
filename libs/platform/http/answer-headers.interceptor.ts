import {
  type CallHandler,
  type CustomDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { type Observable, tap } from 'rxjs';

const HEADERS = 'http:answer-headers';

/** Headers that follow from the body of an answer. */
export interface AnswerHeadersOf<Body> {
  /** Where the thing is that the request has made. */
  location?: (body: Body) => string;
  /** When it is worth asking again; undefined when there is nothing to wait for. */
  retryAfterSeconds?: (body: Body) => number | undefined;
}

/** What the headers of a route's answers say; errors have their own. */
export function AnswerHeaders<Body>(headers: AnswerHeadersOf<Body>): CustomDecorator {
  return SetMetadata(HEADERS, headers);
}

/** Sets Location and Retry-After where a route has `@AnswerHeaders`. */
@Injectable()
export class AnswerHeadersInterceptor implements NestInterceptor<unknown, unknown> {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const headers = this.reflector.get<AnswerHeadersOf<unknown> | undefined>(HEADERS, context.getHandler());
    if (!headers) return next.handle();
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      tap((body) => {
        if (headers.location) response.location(headers.location(body));
        const seconds = headers.retryAfterSeconds?.(body);
        if (seconds !== undefined) response.setHeader('Retry-After', String(seconds));
      }),
    );
  }
}
