const TICKS_PER_LIMIT = 20;

/** Nothing was heard for longer than the limit. */
export class OutOfPatienceError extends Error {
  constructor(readonly limitMs: number) {
    super(`no sign of life in ${limitMs / 1_000} s`);
    this.name = 'OutOfPatienceError';
  }
}

/**
 * Waits for something outside this process, and gives up after `limitMs` of silence. Only time in which this process had
 * its turn is counted: the limit is measured in small steps, and one that came late because the process was starved or
 * stopped counts no more than one in time. What has arrived meanwhile is therefore always looked at before it is given up.
 * @param signsOfLife a number that changes whenever the other side has said anything at all; the wait then begins anew
 * @throws OutOfPatienceError; whatever `work` throws
 */
export async function withPatience<T>(
  limitMs: number,
  work: Promise<T>,
  signsOfLife: () => number = () => 0,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    let heard = signsOfLife();
    let ticks = 0;
    const tick = (): void => {
      const now = signsOfLife();
      ticks = now === heard ? ticks + 1 : 0;
      heard = now;
      if (ticks >= TICKS_PER_LIMIT) reject(new OutOfPatienceError(limitMs));
      else timer = setTimeout(tick, limitMs / TICKS_PER_LIMIT);
    };
    timer = setTimeout(tick, limitMs / TICKS_PER_LIMIT);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
