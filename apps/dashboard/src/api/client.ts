import { noteAnswer } from './liveness.ts';
import type { components, paths } from './schema.ts';

export type Schemas = components['schemas'];

type Get<P extends keyof paths> = paths[P] extends { get: infer Operation } ? Operation : never;
export type GetPath = { [P in keyof paths]: Get<P> extends never ? never : P }[keyof paths];
type Json<Operation> = Operation extends {
  responses: { 200: { content: { 'application/json': infer Body } } };
}
  ? Body
  : never;
export type Answer<P extends GetPath> = Json<Get<P>>;
type Value = string | number | boolean | undefined;

export interface Asked {
  path?: Record<string, string | number>;
  query?: Record<string, Value>;
}

/** A refusal of the API (RFC 9457), or the server's silence (`status` 0). */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly members: Record<string, unknown> = {},
  ) {
    super(detail);
  }
}

/** Kept as long as the page is open: never stored, never part of an address. */
let apiKey: string | undefined;
const onKey = new Set<() => void>();
export const signIn = (key: string | undefined): void => {
  apiKey = key;
  held.clear();
  for (const changed of onKey) changed();
};
/** Has `changed` called whenever somebody signs in or out. @returns how to stop that */
export function watchKey(changed: () => void): () => void {
  onKey.add(changed);
  return () => void onKey.delete(changed);
}
export const currentKey = (): string | undefined => apiKey;
export const isSignedIn = (): boolean => apiKey !== undefined;

/** The answers of polled addresses, so that "not changed" costs a few bytes. */
const held = new Map<string, { etag: string; body: unknown }>();
const MOST_HELD = 100;
/** Large, and a window that moves is not asked for again. */
const NEVER_HELD: ReadonlySet<string> = new Set(['/api/v1/timeseries']);
const TIMEOUT_MS = 15_000;

function address(template: string, { path = {}, query = {} }: Asked): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name]));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size > 0 ? `${filled}?${search}` : filled;
}

async function send(
  url: string,
  init: RequestInit,
  headers: Record<string, string>,
  { signal, timeoutMs = TIMEOUT_MS }: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<Response> {
  if (apiKey !== undefined) headers.Authorization = `Bearer ${apiKey}`;
  const ends = [signal, timeoutMs === Infinity ? undefined : AbortSignal.timeout(timeoutMs)];
  try {
    const response = await fetch(url, {
      ...init,
      headers,
      cache: 'no-store',
      signal: AbortSignal.any(ends.filter((each) => each !== undefined)),
    });
    noteAnswer(response.status);
    if (response.ok || response.status === 304) return response;
    const problem = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    const detail = typeof problem.detail === 'string' ? problem.detail : response.statusText;
    throw new ProblemError(
      response.status,
      typeof problem.code === 'string' ? problem.code : 'UNKNOWN',
      detail,
      problem,
    );
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    // what is given up says nothing about the server
    if (!signal?.aborted) noteAnswer(0);
    throw new ProblemError(0, 'NO_ANSWER', String(error));
  }
}

/**
 * Reads; asks only for what has changed since it was read last.
 * @param signal gives it up
 */
export async function get<P extends GetPath>(
  path: P,
  asked: Asked = {},
  signal?: AbortSignal,
): Promise<Answer<P>> {
  const url = address(path, asked);
  const known = held.get(url);
  const response = await send(url, {}, known ? { 'If-None-Match': known.etag } : {}, { signal });
  if (response.status === 304 && known) return known.body as Answer<P>;
  const body = (await response.json()) as Answer<P>;
  const etag = response.headers.get('ETag');
  held.delete(url);
  if (etag !== null && !NEVER_HELD.has(path)) held.set(url, { etag, body });
  const [oldest] = held.keys();
  if (held.size > MOST_HELD && oldest !== undefined) held.delete(oldest);
  return body;
}

/** Asks for a change. */
export async function change<T>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: keyof paths,
  { body, ...asked }: Asked & { body?: object } = {},
): Promise<T> {
  const init = { method, body: body && JSON.stringify(body) };
  const response = await send(address(path, asked), init, body ? { 'Content-Type': 'application/json' } : {});
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Bytes of an answer: CSV, PDF. */
export async function bytes(path: keyof paths, asked: Asked, accept: string): Promise<Blob> {
  return (await send(address(path, asked), {}, { Accept: accept })).blob();
}

const MOST_CSV_PAGES = 40;

/** All pages of a list as one CSV, up to a bound. */
export async function csvPages(path: keyof paths, asked: Asked): Promise<Blob> {
  const lines: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_CSV_PAGES; page++) {
    const url = address(path, { ...asked, query: { ...asked.query, cursor } });
    const response = await send(url, {}, { Accept: 'text/csv' });
    const text = await response.text();
    // the heads of the columns once
    lines.push(page === 0 ? text : text.slice(text.indexOf('\n') + 1));
    cursor = response.headers.get('X-Next-Cursor') ?? undefined;
    if (cursor === undefined) break;
  }
  return new Blob(lines, { type: 'text/csv' });
}

/**
 * Opens the stream of events, which ends when `signal` does.
 * @param lastId of the last event that was read: what has happened since comes first
 */
export async function openEvents(
  lastId: string | undefined,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const headers: Record<string, string> = lastId === undefined ? {} : { 'Last-Event-ID': lastId };
  const asked = { ...headers, Accept: 'text/event-stream' };
  const { body } = await send('/api/v1/events', {}, asked, { signal, timeoutMs: Infinity });
  if (!body) throw new ProblemError(0, 'NO_ANSWER', 'The stream has no body');
  return body;
}

/** Passes bytes to the browser as a file. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
