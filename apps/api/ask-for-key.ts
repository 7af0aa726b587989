import type { NextFunction, Request, Response } from 'express';
import { type Config, principalOf, requireRole, type Role, sendProblem } from '#platform';

/**
 * The guard of pages that are mounted beside the API's routes: a browser is asked for the API key as a password, programs send it as
 * everywhere.
 * @param page what the browser names when it asks
 */
export function askForKey(
  config: Config,
  role: Role,
  page: string,
): (request: Request, response: Response, next: NextFunction) => void {
  return (request, response, next) => {
    try {
      requireRole(principalOf(request, config), role);
      next();
    } catch (error) {
      response.setHeader('WWW-Authenticate', `Basic realm="${page}: API key as password", charset="UTF-8"`);
      sendProblem(response, error);
    }
  };
}
