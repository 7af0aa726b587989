import { isatty } from 'node:tty';
import { Injectable, type LoggerService } from '@nestjs/common';
import { type DestinationStream, pino, stdTimeFunctions, type Logger as PinoLogger } from 'pino';
import pinoPretty from 'pino-pretty';
import type { LogFormat } from '../config/config.js';
import { currentRequestId } from './request-context.js';

export interface LogSettings {
  level: string;
  /** What the lines are of: api, worker, standalone, cli. */
  processName: string;
  format: LogFormat;
  /** A file descriptor. */
  destination: number;
}

const STDOUT = 1;

let settings: LogSettings = { level: 'info', processName: 'unnamed', format: 'json', destination: STDOUT };
let root = rootLogger();

/** Counts the lines of this process, for the thread that speaks when it is silent; see start-watch.ts. */
export const writtenLines = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/**
 * Sets level, process name and form of every log line. Called once at start.
 * @param options.format @default pretty on a terminal, json elsewhere
 * @param options.destination file descriptor: 1 (stdout) by default; commands that print results use 2
 */
export function configureLogging(
  level: string,
  processName: string,
  {
    destination = STDOUT,
    format = isatty(destination) ? 'pretty' : 'json',
  }: { destination?: number; format?: LogFormat | undefined } = {},
): void {
  settings = { level, processName, format, destination };
  root = rootLogger();
}

/** What `configureLogging` was given last. */
export function logSettings(): LogSettings {
  return settings;
}

/** Whether lines of that level are written, e.g. `debug`. */
export function isLogged(level: string): boolean {
  return root.isLevelEnabled(level);
}

function rootLogger(): PinoLogger {
  const { level, processName, format, destination } = settings;
  return pino(
    {
      level,
      base: { process: processName, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (name) => ({ level: name }) },
      mixin: fieldsOfLine,
    },
    format === 'pretty' ? prettyLines(destination) : pino.destination({ dest: destination, sync: true }),
  );
}

function fieldsOfLine(): object {
  Atomics.add(writtenLines, 0, 1);
  const requestId = currentRequestId();
  return requestId === undefined ? {} : { request_id: requestId };
}

function prettyLines(destination: number): DestinationStream {
  return pinoPretty({
    destination,
    sync: true,
    singleLine: true,
    translateTime: false,
    ignore: 'pid,process,component',
    messageFormat: '{if component}{component}: {end}{msg}',
  });
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

/** Where Nest reports what keeps it from starting; once it runs, errors of requests go through the filter. */
const START_CONTEXTS = new Set(['ExceptionHandler', 'NestApplication']);

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
    // What keeps a process from starting is reported once, by start-failure.ts.
    const level = START_CONTEXTS.has(context ?? '') ? 'debug' : 'error';
    root[level](
      { component: context, err: error, stack: error ? undefined : stack },
      error ? error.message : String(message),
    );
  }
}
