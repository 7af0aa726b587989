import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { API_PREFIX } from './api-prefix.js';
import { Config, isLoopback } from '../config/config.js';
import { AppError } from '../failure/errors.js';
import { sendProblem } from './problem.filter.js';

const checked = new WeakSet<Request>();

/** Whether the request came through the middleware: where no key is asked for, it is all that keeps foreign pages out. */
export function passedHostCheck(request: Request): boolean {
  return checked.has(request);
}

/**
 * Refuses requests that a foreign web page could have caused: another Host (DNS rebinding) or another Origin. Pages of
 * CORS_ORIGINS may call the API, under a Host of ours like everybody; pages beside it, such as the queue board, are not for them.
 */
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
    const address = arrivalAddressOf(request);
    if (!this.isOurs(host, address)) sendProblem(response, foreignHost(request.headers.host));
    else if (
      origin !== undefined &&
      !this.isOurs(hostnameOfUrl(origin), address) &&
      !this.mayCall(origin, request)
    )
      sendProblem(response, foreignOrigin(origin));
    else {
      checked.add(request);
      next();
    }
  }

  private mayCall(origin: string, { path }: Request): boolean {
    return this.config.corsOrigins.includes(origin) && path.startsWith(`${API_PREFIX}/`);
  }

  private isOurs(hostname: string, arrivalAddress: string | undefined): boolean {
    return (
      isLoopback(hostname) ||
      hostname === arrivalAddress ||
      hostname === this.config.host.toLowerCase() ||
      this.config.allowedHosts.includes(hostname)
    );
  }
}

/** The refusal of a request that names another server. */
export function foreignHost(host: string | undefined): AppError {
  return new AppError({
    kind: 'forbidden',
    code: 'FOREIGN_HOST',
    message: `The Host ${(host ?? '(none)').slice(0, 100)} is not one of this server's names; add it to ALLOWED_HOSTS if it is`,
  });
}

function foreignOrigin(origin: string): AppError {
  return new AppError({
    kind: 'forbidden',
    code: 'FOREIGN_HOST',
    message:
      `Pages of the Origin ${origin.slice(0, 100)} may not call this server; ` +
      'add it to CORS_ORIGINS if they may call the API, or its name to ALLOWED_HOSTS if it is this server',
  });
}

/** Node reads the first and drops the others; what stands before it may have gone by another. */
function hostsOf({ rawHeaders }: Request): number {
  return rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;
}

/**
 * The address of ours that the request was sent to: whoever found it by address, as Prometheus does, names no other. A page
 * that rebinds its own name has that name in Host.
 */
function arrivalAddressOf({ socket }: Request): string | undefined {
  return socket.localAddress?.replace(/^::ffff:(?=\d+\.)/, '');
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
