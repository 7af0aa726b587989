import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { currentKey, watchKey } from './client.ts';
import { EventStream } from './event-stream.ts';
import { LiveUpdates } from './live-answers.ts';

/** Listens while somebody looks: browsers have six connections to a server for all their tabs. */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  const key = useSyncExternalStore(watchKey, currentKey);
  const isSeen = useSyncExternalStore(watchVisibility, () => document.visibilityState === 'visible');
  const [updates] = useState(() => new LiveUpdates(client));
  const [stream, setStream] = useState(() => ({ key, events: new EventStream(updates) }));
  // what another key has seen is not resumed
  if (stream.key !== key) setStream({ key, events: new EventStream(updates) });
  useEffect(() => {
    if (!isSeen) return undefined;
    const stopping = new AbortController();
    void stream.events.follow(stopping.signal);
    return () => stopping.abort();
  }, [stream, isSeen]);
}

function watchVisibility(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed);
  return () => document.removeEventListener('visibilitychange', changed);
}
