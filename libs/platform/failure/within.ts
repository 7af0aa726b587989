/** Whether a promise is fulfilled or rejected within the time; its rejection is nobody else's to handle. */
export async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  try {
    return await Promise.race([
      promise.then(
        () => true,
        () => true,
      ),
      tooLong,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
