/** The promise's outcome, or the signal's reason as soon as it is aborted. */
export async function unlessStopped<T>(promise: Promise<T>, stop: AbortSignal): Promise<T> {
  // whoever stops waiting must not leave a rejection that nobody handles
  promise.catch(() => undefined);
  stop.throwIfAborted();
  let forward: (() => void) | undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    forward = () => reject(stop.reason as Error);
    stop.addEventListener('abort', forward);
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    if (forward) stop.removeEventListener('abort', forward);
  }
}
