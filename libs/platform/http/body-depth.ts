import type { NextFunction, Request, Response } from 'express';
import { AppError } from '../failure/errors.js';
import { sendProblem } from './problem.filter.js';

/** No request of ours is nested deeper than four levels. */
const MAX_BODY_DEPTH = 20;

/** Refuses bodies nested so deeply that whatever walks them recursively would run out of stack. */
export function refuseDeepBodies(request: Request, response: Response, next: NextFunction): void {
  if (isDeeperThan(request.body, MAX_BODY_DEPTH)) {
    const message = `The body is nested deeper than ${MAX_BODY_DEPTH} levels`;
    sendProblem(response, new AppError({ kind: 'invalid', code: 'BODY_TOO_DEEP', message }));
    return;
  }
  next();
}

/** Whether objects and arrays are nested in more than `limit` levels; level by level, without recursion. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  let level = [value];
  for (let depth = 0; depth <= limit; depth++) {
    level = level.flatMap((each) => (isContainer(each) ? Object.values(each) : []));
    if (level.length === 0) return false;
  }
  return true;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
