import { describe, expect, it } from '#jest';
import { OutageError } from '../failure/errors.js';
import { JoinedRun } from './joined-run.js';

describe('a joined run', () => {
  it('is one for all who ask in the same moment', async () => {
    let runs = 0;
    const joined = new JoinedRun(() => Promise.resolve(++runs));
    expect(await Promise.all([joined.run(), joined.run(), joined.run()])).toEqual([1, 1, 1]);
    expect(await joined.run()).toBe(2);
  });

  it('begins after whoever gets its outcome has asked', async () => {
    const begun: (() => void)[] = [];
    let runs = 0;
    const joined = new JoinedRun(async () => {
      const run = ++runs;
      await new Promise<void>((resolve) => begun.push(resolve));
      return run;
    });
    const first = joined.run();
    while (begun.length < 1) await new Promise(setImmediate);
    const late = [joined.run(), joined.run()];
    await new Promise(setImmediate);
    expect(runs).toBe(1);
    begun[0]();
    expect(await first).toBe(1);
    while (begun.length < 2) await new Promise(setImmediate);
    begun[1]();
    expect(await Promise.all(late)).toEqual([2, 2]);
  });

  it.each([
    ['goes on after a failure', new Error('wrong'), 2],
    [
      'lets nobody wait for an outage twice',
      new OutageError({ kind: 'unavailable', code: 'AWAY', message: 'away' }),
      1,
    ],
  ])('%s', async (_what, failure, expectedRuns) => {
    let runs = 0;
    let fail = (_error: Error): void => undefined;
    const joined = new JoinedRun(() => {
      runs++;
      return runs === 1 ? new Promise<number>((_, reject) => (fail = reject)) : Promise.resolve(runs);
    });
    const first = joined.run();
    while (runs < 1) await new Promise(setImmediate);
    const second = joined.run();
    for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
    fail(failure);
    const outcomes = await Promise.allSettled([first, second]);
    expect(outcomes[0].status).toBe('rejected');
    expect(outcomes[1].status).toBe(expectedRuns === 2 ? 'fulfilled' : 'rejected');
    expect(runs).toBe(expectedRuns);
    expect(await joined.run()).toBe(expectedRuns + 1);
  });
});
