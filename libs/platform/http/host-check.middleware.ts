import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { Config, isLoopback } from '../config/config.js';
import { AppError } from '../failure/errors.js';
import { sendProblem } from './problem.filter.js';

const checked = new WeakSet<Request>();

/** Whether the request came through the middleware: where no key is asked for, it is all that keeps foreign pages out. */
export function passedHostCheck(request: Request): boolean {
  return checked.has(request);
}

/** Refuses requests that a foreign web page could have caused: another Host (DNS rebinding) or another Origin. */
@Injectable()
export class HostCheckMiddleware implements NestMiddleware {
  constructor(private readonly config: Config) {}

  use(request: Request, response: Response, next: NextFunction): void {
    if (hostsOf(request) > 1) {
      const message = 'The request has more than one Host';
      return sendProblem(response, new AppError({ kind: 'invalid', code: 'BAD_REQUEST', message }));
    }
    const host = hostnameOf(request.headers.host ?? '');
    const origin = request.headers.origin;
    if (!this.isOurs(host)) sendProblem(response, foreignHost('Host', request.headers.host ?? '(none)'));
    else if (origin !== undefined && !this.isOurs(hostnameOfUrl(origin)))
      sendProblem(response, foreignHost('Origin', origin));
    else {
      checked.add(request);
      next();
    }
  }

  private isOurs(hostname: string): boolean {
    return (
      isLoopback(hostname) ||
      hostname === this.config.host.toLowerCase() ||
      this.config.allowedHosts.includes(hostname)
    );
  }
}

/** The refusal of a request that names another server. */
export function foreignHost(header: string, value: string): AppError {
  return new AppError({
    kind: 'forbidden',
    code: 'FOREIGN_HOST',
    message: `The ${header} ${value.slice(0, 100)} is not one of this server's names; add it to ALLOWED_HOSTS if it is`,
  });
}

/** Node reads the first and drops the others; what stands before it may have gone by another. */
function hostsOf({ rawHeaders }: Request): number {
  return rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;
}

function hostnameOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

function hostnameOfUrl(url: string): string {
  return URL.canParse(url) ? hostnameOf(new URL(url).host) : '';
}
