import { createHash } from 'node:crypto';
import { Injectable, StreamableFile } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import type { Role } from '../config/api-keys.js';
import { Config } from '../config/config.js';
import { JoinedRun } from '../database/joined-run.js';
import { Revisions, type Stand } from '../database/revisions.js';
import { hasBody } from './early-answers.js';
import type { KeptAnswer } from './kept-answer.js';
import { sendProblem } from './problem.filter.js';
import { RecentlyUsed, type Sized } from './recently-used.js';
import { admit } from './role.guard.js';

/** Addresses whose answers are kept; of more the least used are forgotten. */
const MOST_ADDRESSES = 500;
const LARGEST_KEPT_BYTES = 256 * 1_024;
/** Smaller ones are sent sooner as a text. */
const LEAST_STREAMED_BYTES = 16 * 1_024;
const MOST_KEPT_BYTES = 16 * 1_024 * 1_024;
const LONGEST_ADDRESS = 2_000;
/** How old an answer may be that depends on what time it is. */
const MAX_AGE_MS = 1_000;
const MAX_AGE_BY_CLOCK_MS = 60_000;

/** The bytes of an answer. */
interface MadeAnswer {
  status: number;
  /**
   * UTF-8. Once it is given again a text of a character for each byte, which Node writes in one piece with the head, but bytes apart
   * from it.
   */
  json: string | Buffer;
  etag: string;
  headers: Record<string, string>;
}

/** An address that has been asked for before. */
interface Address extends Sized {
  role: Role | 'public';
  /** The path of its route, for figures. */
  route: string;
  recipe: KeptAnswer;
  making: JoinedRun<MadeAnswer>;
  kept: Kept | undefined;
}

interface Kept {
  answer: Promise<MadeAnswer>;
  stand: string;
  /** When its making began. */
  at: number;
  /** The same by the clock it depends on. */
  clockTime: number | undefined;
}

/**
 * Gives answers again for as long as they are right. A route returns how its answer is made (`keptAnswer`, `sharedAnswer`); from
 * then on requests for the same address are answered before they come to the router, from bytes that are kept.
 */
@Injectable()
export class KeptAnswers {
  /** By address and what is accepted. */
  private readonly addresses = new RecentlyUsed<Address>(MOST_ADDRESSES, MOST_KEPT_BYTES);

  constructor(
    private readonly revisions: Revisions,
    private readonly config: Config,
  ) {}

  /** Middleware: answers what it can. Doors and headers of every answer stand before it. */
  readonly serve = (request: Request, response: Response, next: NextFunction): void => {
    if (request.method !== 'GET' || hasBody(request)) return next();
    const address = this.addresses.use(keyOf(request));
    if (!address) return next();
    request.route = { path: address.route };
    try {
      admit(request, address.role, this.config);
    } catch (error) {
      return sendProblem(response, error);
    }
    this.answerOf(address).then(
      (answer) => send(request, response, answer),
      (error: unknown) => sendProblem(response, error),
    );
  };

  /**
   * Makes the first answer to an address, and remembers how it is made. Its headers and its status are set.
   * @returns the body
   * @throws what the making of the answer throws; then nothing is remembered
   */
  async first(
    request: Request,
    response: Response,
    { recipe, role }: { recipe: KeptAnswer; role: Role | 'public' },
  ): Promise<string | StreamableFile | undefined> {
    const { path: route } = request.route as { path: string };
    const address: Address = {
      role,
      route,
      recipe,
      making: new JoinedRun(() => make(recipe)),
      kept: undefined,
      bytes: 0,
    };
    const answer = await this.answerOf(address);
    const key = keyOf(request);
    if (request.method === 'GET' && key.length <= LONGEST_ADDRESS) this.addresses.keep(key, address);
    setHead(response, answer);
    return bodyOf(request, response, answer);
  }

  private async answerOf(address: Address): Promise<MadeAnswer> {
    const { recipe, making } = address;
    if (!recipe.keeping) return making.run();
    const { from, clock } = recipe.keeping;
    const stand = from.length > 0 ? standOf(await this.revisions.read(), from) : '';
    if (address.kept?.stand === stand && isFresh(address.kept, clock)) return address.kept.answer;
    const [at, clockTime] = [performance.now(), clock?.now()];
    const answer = make(recipe);
    const kept = { answer, stand, at, clockTime };
    address.kept = kept;
    const forget = (): void => {
      if (address.kept === kept) address.kept = undefined;
    };
    answer.then(({ json }) => {
      if (json.length > LARGEST_KEPT_BYTES) forget();
      address.bytes = address.kept ? json.length : 0;
      this.addresses.trim();
    }, forget);
    return answer;
  }
}

function keyOf({ originalUrl, headers: { accept = '' } }: Request): string {
  return `${originalUrl} ${accept}`;
}

function standOf(stand: Stand, sources: readonly string[]): string {
  return sources.map((name) => stand[name] ?? unfollowed(name)).join(' ');
}

/** An answer made of what nobody follows would be kept for ever. */
function unfollowed(name: string): never {
  throw new Error(`Nobody follows how often ${name} has changed`);
}

function isFresh({ at, clockTime }: Kept, clock: { now(): number } | undefined): boolean {
  if (!clock || clockTime === undefined) return true;
  const age = clock.now() - clockTime;
  return performance.now() - at < MAX_AGE_MS && age >= 0 && age < MAX_AGE_BY_CLOCK_MS;
}

async function make({ produce, keeping, statusOf }: KeptAnswer): Promise<MadeAnswer> {
  const value = await produce();
  const body = keeping?.body ? keeping.body(value) : value;
  const json = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    status: statusOf(value),
    json,
    etag: `W/"${json.length.toString(16)}-${createHash('sha1').update(json).digest('base64').slice(0, 27)}"`,
    headers: keeping?.headers?.(value) ?? {},
  };
}

function setHead(response: Response, { status, etag, headers }: MadeAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'Vary') response.vary(value);
    else response.setHeader(name, value);
  }
  response.setHeader('ETag', etag);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
}

function send(request: Request, response: Response, answer: MadeAnswer): void {
  setHead(response, answer);
  if (isKnown(request, response)) {
    response.end();
    return;
  }
  if (answer.json.length <= LARGEST_KEPT_BYTES) answer.json = answer.json.toString('latin1');
  response.setHeader('Content-Length', answer.json.length);
  response.end(answer.json, 'latin1');
}

/** What the router is to send: bytes as they are where there are many, since each copy of a large answer takes milliseconds. */
function bodyOf(
  request: Request,
  response: Response,
  { json }: MadeAnswer,
): string | StreamableFile | undefined {
  if (typeof json === 'string') return Buffer.from(json, 'latin1').toString();
  if (json.length < LEAST_STREAMED_BYTES) return json.toString();
  return isKnown(request, response) ? undefined : new StreamableFile(json, { length: json.length });
}

/** Whether the sender has said that he has those bytes; then the head says so, and no body follows. */
function isKnown(request: Request, response: Response): boolean {
  if (request.headers['if-none-match'] === undefined || !request.fresh) return false;
  response.statusCode = 304;
  response.removeHeader('Content-Type');
  return true;
}
