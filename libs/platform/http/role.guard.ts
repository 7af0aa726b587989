import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import type { Request } from 'express';
import { authenticate, type Principal, type Role, roleSuffices } from '../config/api-keys.js';
import { Config } from '../config/config.js';
import { AppError } from '../failure/errors.js';
import { foreignHost, passedHostCheck } from './host-check.middleware.js';

const ROLE = 'door:role';
/** What an operation of the OpenAPI document says of a role that is not the usual one. */
export const REQUIRED_ROLE = 'x-required-role';
const LOCAL_PRINCIPAL: Principal = { name: 'local', role: 'admin' };

/** Who may call a route; without it, a viewer may read (GET) and an operator may change. `'public'` needs no key. */
export const RequireRole = (role: Role | 'public'): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(ROLE, role), ApiExtension(REQUIRED_ROLE, role));

/** A request that the guard has let pass. */
export interface AuthenticatedRequest extends Request {
  principal?: Principal;
}

/**
 * Who sends this request.
 * @throws AppError UNAUTHORIZED when keys are required and the one given is missing, unknown or expired
 * @throws AppError FOREIGN_HOST when none are required and nobody has looked where the request comes from
 */
export function principalOf(request: Request, config: Config): Principal {
  if (!config.authenticationRequired) {
    if (!passedHostCheck(request)) throw foreignHost(request.headers.host);
    return LOCAL_PRINCIPAL;
  }
  const secret = secretOf(request);
  const principal = secret ? authenticate(config.apiKeys, secret, Date.now()) : undefined;
  if (principal) return principal;
  throw new AppError({
    kind: 'unauthorized',
    code: 'UNAUTHORIZED',
    message: secret
      ? 'This API key is unknown or has expired'
      : 'Send an API key: Authorization: Bearer KEY, or X-API-Key: KEY',
  });
}

/** The key of a request: Bearer, X-API-Key, or the password of Basic, which is what a browser can send. */
function secretOf(request: Request): string | undefined {
  const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ', 2);
  if (/^bearer$/i.test(scheme)) return value;
  if (/^basic$/i.test(scheme))
    return Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':');
  const header = request.headers['x-api-key'];
  return typeof header === 'string' ? header : undefined;
}

/** Lets a request pass when its key's role suffices for the route. */
@Injectable()
export class RoleGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: Config,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    admit(request, neededRole(this.reflector, context), this.config);
    return true;
  }
}

/** Who may call the route of a context. */
export function neededRole(reflector: Reflector, context: ExecutionContext): Role | 'public' {
  const declared = reflector.getAllAndOverride<Role | 'public' | undefined>(ROLE, [
    context.getHandler(),
    context.getClass(),
  ]);
  const { method } = context.switchToHttp().getRequest<Request>();
  return declared ?? (['GET', 'HEAD'].includes(method) ? 'viewer' : 'operator');
}

/**
 * Lets a request pass to what needs a role, and notes who sends it.
 * @throws AppError UNAUTHORIZED, FOREIGN_HOST, FORBIDDEN
 */
export function admit(request: AuthenticatedRequest, needed: Role | 'public', config: Config): void {
  if (needed === 'public') return;
  request.principal = principalOf(request, config);
  requireRole(request.principal, needed);
}

/** @throws AppError FORBIDDEN when the principal's role does not suffice */
export function requireRole(principal: Principal, needed: Role): void {
  if (roleSuffices(principal.role, needed)) return;
  throw new AppError({
    kind: 'forbidden',
    code: 'FORBIDDEN',
    message: `This needs the role ${needed}; the key "${principal.name}" has the role ${principal.role}`,
  });
}

/** The parameter of a route that says who calls it. */
export const Caller = createParamDecorator((_: undefined, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);

/** Who sends a request that the guard has let pass. */
function callerOf(request: AuthenticatedRequest): Principal {
  return request.principal ?? LOCAL_PRINCIPAL;
}
