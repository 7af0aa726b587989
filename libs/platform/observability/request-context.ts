import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line and every job inherits from the request that caused it. */
export interface RequestContext {
  requestId: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` so that `currentRequestId()` answers `requestId` anywhere below it. */
export function withRequestId<T>(requestId: string, work: () => T): T {
  return storage.run({ requestId }, work);
}

/** The id of the request being served or the job being worked on, if any. */
export function currentRequestId(): string | undefined {
  return storage.getStore()?.requestId;
}
