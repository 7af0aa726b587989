import { describe, expect, it } from '#jest';
import { waitFor } from './wait-for.js';

describe('a wait', () => {
  it('goes on for as long as there is progress', async () => {
    let steps = 0;
    const progress = (): number => ++steps;
    await waitFor('twelve steps', () => steps >= 12, { timeoutMs: 60, intervalMs: 40, progress });
    expect(steps).toBe(12);
  });

  it('ends when nothing moves, and says what it saw last', async () => {
    const waiting = waitFor('a miracle', () => null, { timeoutMs: 60, intervalMs: 10, progress: () => 7 });
    await expect(waiting).rejects.toThrow('Waited 60 ms in vain for a miracle; last seen: 7');
  });
});
