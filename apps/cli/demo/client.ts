import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** An answer of the API that is not a success. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(`${detail} (${status} ${code})`);
    this.name = 'ApiProblem';
  }
}

/** A job as every status URL answers it. */
export interface JobReply {
  job_id: string;
  status: 'queued' | 'active' | 'completed' | 'failed' | 'cancelled';
  progress: number;
  /** Of those under way or made; 0 before the first. */
  attempt?: number;
  max_attempts?: number;
  /** Set while it waits for another attempt. */
  next_attempt_at?: string | null;
  /** Why the last attempt did not succeed. */
  last_error?: { code: string; message: string } | null;
  error: { code: string; message: string } | null;
}

export interface DemoClientOptions {
  /** Where the product listens, e.g. `http://127.0.0.1:8000`. */
  base: string;
  apiKey: string | undefined;
  /** Aborted when nobody wants an answer any more. */
  signal: AbortSignal;
  /** How long the product may give no answer, or none but that it cannot now. */
  patienceMs: number;
}

/** A product without a processor answers late; what took longer is asked again. */
const REQUEST_TIMEOUT_MS = 60_000;
const ASK_AGAIN_MS = 1_000;
const POLL_MS = 300;
/** Statuses with which a product, or a proxy before it, says that it may answer later. */
const LATER = [429, 502, 503, 504, 507];

/**
 * Speaks to the API as a dashboard would: over HTTP, with problem documents, by polling. What the product cannot answer now
 * is asked again, which repeats nothing: jobs are requested with an Idempotency-Key, and the plant refuses a command twice.
 */
export class DemoClient {
  constructor(private readonly options: DemoClientOptions) {}

  async get<T>(path: string): Promise<T> {
    return (await this.send('GET', path)).json() as Promise<T>;
  }

  async post<T>(path: string, body?: unknown): Promise<T> {
    return (await this.send('POST', path, body)).json() as Promise<T>;
  }

  async delete(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  async download(path: string): Promise<{ bytes: Uint8Array; filename: string }> {
    const answer = await this.send('GET', path);
    const filename =
      /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? 'report.pdf';
    return { bytes: new Uint8Array(await answer.arrayBuffer()), filename };
  }

  /** What a route answers that reports failure by its status, as health does. */
  async read<T>(path: string): Promise<T> {
    return (await this.fetch('GET', path)).json() as Promise<T>;
  }

  /** Asks `probe` again and again until it has an answer, which it may refuse by throwing. */
  async poll<T>(probe: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      const found = await probe();
      if (found !== undefined) return found;
      await pause(POLL_MS, undefined, { signal: this.options.signal });
    }
  }

  private async send(method: string, path: string, body?: unknown): Promise<Response> {
    const { signal, patienceMs } = this.options;
    const idempotencyKey = randomUUID();
    const deadline = performance.now() + patienceMs;
    let announced = false;
    for (;;) {
      const answer = await this.fetch(method, path, body, idempotencyKey).catch((error: Error) => error);
      signal.throwIfAborted();
      if (answer instanceof Response && answer.ok) return answer;
      const refusal = answer instanceof Response ? await problemOf(answer, `${method} ${path}`) : answer;
      if (refusal instanceof ApiProblem && !LATER.includes(refusal.status)) throw refusal;
      if (performance.now() > deadline) throw refusal;
      if (!announced) console.log(`\n${refusal.message}\nAsking again for up to ${inWords(patienceMs)} …`);
      announced = true;
      const afterMs = answer instanceof Response ? retryAfterMs(answer) : ASK_AGAIN_MS;
      await pause(afterMs, undefined, { signal });
    }
  }

  /** @throws Error when there is no answer */
  private async fetch(
    method: string,
    path: string,
    body?: unknown,
    idempotencyKey?: string,
  ): Promise<Response> {
    const { base, apiKey, signal } = this.options;
    const headers: Record<string, string> = { accept: 'application/json, application/pdf' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (method === 'POST' && idempotencyKey) headers['idempotency-key'] = idempotencyKey;
    if (apiKey) headers.authorization = `Bearer ${apiKey}`;
    try {
      return await fetch(base + path, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
    } catch (error) {
      const reason = (error as { cause?: Error }).cause?.message ?? (error as Error).message;
      throw new Error(
        `No answer from ${base} (${reason}). Is the product running? Start it with: npm start`,
        {
          cause: error,
        },
      );
    }
  }
}

/** A time as people say it, e.g. `5 min`, `6 h` or `2 h 12 min`. */
export function inWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.round(ms / 1_000)} s`;
  const hours = minutes < 60 ? '' : `${Math.floor(minutes / 60)} h`;
  return `${hours} ${minutes % 60 === 0 ? '' : `${minutes % 60} min`}`.trim();
}

async function problemOf(answer: Response, what: string): Promise<ApiProblem> {
  const problem = (await answer.json().catch(() => ({}))) as { code?: string; detail?: string };
  return new ApiProblem(answer.status, problem.code ?? 'UNKNOWN', problem.detail ?? `${what} was refused`);
}

function retryAfterMs(answer: Response): number {
  return Number(answer.headers.get('retry-after') ?? 0) * 1_000 || ASK_AGAIN_MS;
}
