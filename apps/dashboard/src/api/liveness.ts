import { useSyncExternalStore } from 'react';

/** A single slow answer is no outage. */
const LOST_AFTER_MS = 8_000;
/** The server says something every 15 s, if it is only that it is there. */
export const SILENCE_MS = 20_000;

let isStreaming = false;
/** Wall time of the last sign of life, and since when every request fails. */
let heardAt = Date.now();
let failingSince: number | undefined;
/** Whoever waited for the stream asks by himself from here on. */
let streamEndedAt = heardAt;
const onStreaming = new Set<() => void>();

/** Something has come on the stream. */
export function noteSign(): void {
  heardAt = Date.now();
}

/** @param status of an HTTP answer; 0 when there was none */
export function noteAnswer(status: number): void {
  const now = Date.now();
  if (status === 0 || status >= 500) {
    failingSince ??= now;
    return;
  }
  failingSince = undefined;
  heardAt = now;
}

export function noteStreaming(isOpen: boolean): void {
  if (isOpen === isStreaming) return;
  isStreaming = isOpen;
  if (!isOpen) streamEndedAt = Date.now();
  for (const changed of onStreaming) changed();
}

/** Whether the server sends events as they happen. */
export const useIsStreaming = (): boolean =>
  useSyncExternalStore(
    (changed) => {
      onStreaming.add(changed);
      return () => onStreaming.delete(changed);
    },
    () => isStreaming,
  );

/** Since when nothing new can be had, in wall time; undefined while something can. */
export function lostSince(): number | undefined {
  const now = Date.now();
  if (failingSince !== undefined && now - failingSince > LOST_AFTER_MS) return failingSince;
  const silentMs = now - (isStreaming ? heardAt : Math.max(heardAt, streamEndedAt));
  return silentMs > (isStreaming ? SILENCE_MS : LOST_AFTER_MS) ? heardAt : undefined;
}
