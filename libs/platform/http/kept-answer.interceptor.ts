import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { mergeMap, type Observable, of } from 'rxjs';
import { KeptAnswer } from './kept-answer.js';
import { KeptAnswers } from './kept-answers.js';
import { neededRole } from './role.guard.js';

/** Takes up what routes say of how their answers are made. */
@Injectable()
export class KeptAnswerInterceptor implements NestInterceptor {
  constructor(
    private readonly answers: KeptAnswers,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(
      mergeMap((recipe) => {
        if (!(recipe instanceof KeptAnswer)) return of(recipe);
        const role = neededRole(this.reflector, context);
        return this.answers.first(http.getRequest<Request>(), http.getResponse<Response>(), { recipe, role });
      }),
    );
  }
}
