import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { AppError } from '../failure/errors.js';

const CONSUMES = 'content-type:consumes';

/** The media types a route reads; application/json without it. */
export const Consumes = (...mediaTypes: string[]): MethodDecorator => SetMetadata(CONSUMES, mediaTypes);

/** Answers 415 to a body of a type the route does not read. */
@Injectable()
export class ContentTypeGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const hasBody =
      request.headers['transfer-encoding'] !== undefined ||
      Number(request.headers['content-length'] ?? 0) > 0;
    if (!hasBody) return true;
    const accepted = this.reflector.get<string[] | undefined>(CONSUMES, context.getHandler()) ?? [
      'application/json',
    ];
    const given = (request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
    if (accepted.includes(given)) return true;
    throw new AppError({
      kind: 'unsupported_media_type',
      code: 'UNSUPPORTED_MEDIA_TYPE',
      message: `This route reads ${accepted.join(', ')}, not ${given || 'a body without Content-Type'}`,
    });
  }
}
