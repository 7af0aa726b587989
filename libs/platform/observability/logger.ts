import { Injectable, type LoggerService } from '@nestjs/common';
import { pino, type Logger as PinoLogger } from 'pino';
import { currentRequestId } from './request-context.js';

let root: PinoLogger = pino({ level: 'info', mixin: requestIdOfLine });

function requestIdOfLine(): object {
  const requestId = currentRequestId();
  return requestId === undefined ? {} : { request_id: requestId };
}

/**
 * Sets level and process name of every log line. Called once at start.
 * @param destination file descriptor: 1 (stdout) by default; commands that print results use 2
 */
export function configureLogging(level: string, processName: string, destination = 1): void {
  root = pino(
    { level, base: { process: processName, pid: process.pid }, mixin: requestIdOfLine },
    pino.destination({ dest: destination, sync: true }),
  );
}

/** A structured logger for one component; lines carry the request id of the caller. */
export function loggerOf(component: string): PinoLogger {
  return new Proxy(root, {
    get: (_target, property) => {
      const child = root.child({ component }) as unknown as Record<PropertyKey, unknown>;
      const member = child[property];
      return typeof member === 'function' ? (member.bind(child) as unknown) : member;
    },
  });
}

/** Nest's own messages, through the same lines. */
@Injectable()
export class NestLogger implements LoggerService {
  log(message: unknown, context?: string): void {
    root.debug({ component: context }, String(message));
  }
  warn(message: unknown, context?: string): void {
    root.warn({ component: context }, String(message));
  }
  debug(message: unknown, context?: string): void {
    root.trace({ component: context }, String(message));
  }
  verbose(message: unknown, context?: string): void {
    root.trace({ component: context }, String(message));
  }
  error(message: unknown, stack?: string, context?: string): void {
    const error = message instanceof Error ? message : undefined;
    // What keeps a process from starting is told once, by start-failure.ts.
    const level = context === 'ExceptionHandler' ? 'debug' : 'error';
    root[level](
      { component: context, err: error, stack: error ? undefined : stack },
      error ? error.message : String(message),
    );
  }
}
