import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { AnswerHeadersInterceptor } from './answer-headers.interceptor.js';
import { ContentTypeGuard } from './content-type.guard.js';
import { ProblemFilter } from './problem.filter.js';
import { RoleGuard } from './role.guard.js';
import { validationPipe } from './validation.pipe.js';

/** What every route of an application has: role, content type, validation, headers of answers, problem documents. The guards run in this order. */
@Module({
  providers: [
    { provide: APP_GUARD, useClass: RoleGuard },
    { provide: APP_GUARD, useClass: ContentTypeGuard },
    { provide: APP_INTERCEPTOR, useClass: AnswerHeadersInterceptor },
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useFactory: validationPipe },
  ],
})
export class HttpModule {}
