import { describe, expect, it } from '#jest';
import { leasedWorkReading } from './lease-health.js';
import type { LeaseTenure } from './lease.js';

const SENTENCES = { idle: 'nobody does it', behind: 'it is behind' };
const HELD: LeaseTenure = { processId: 'me', forMs: 60_000 };

describe('the health of work that one process does for all', () => {
  it.each([
    ['held, and up to date', HELD, 30_000, 'up', undefined],
    ['held, with nothing to do yet', HELD, null, 'up', undefined],
    ['held, and behind', HELD, 30_001, 'degraded', 'it is behind'],
    ['free for a moment, while another takes over', { processId: null, forMs: 30_000 }, 0, 'up', undefined],
    ['free for too long', { processId: null, forMs: 30_001 }, 0, 'degraded', 'nobody does it'],
    [
      'free, and nobody knows for how long',
      { processId: null, forMs: null },
      0,
      'degraded',
      'nobody does it',
    ],
    ['never begun', undefined, null, 'degraded', 'nobody does it'],
  ])('%s', (_, tenure, lagMs, status, reason) => {
    const reading = leasedWorkReading(tenure, { lagMs, behindAfterMs: 30_000 }, SENTENCES);
    expect(reading).toMatchObject({
      status,
      holder: tenure?.processId ?? null,
      lag_ms: lagMs,
      behind_after_ms: 30_000,
    });
    expect(reading.reason).toBe(reason);
  });

  it('says since when it is held, but not since when it is free', () => {
    const sinceOf = (tenure: LeaseTenure): unknown =>
      leasedWorkReading(tenure, { lagMs: 0, behindAfterMs: 1 }, SENTENCES).held_since;
    const since = Date.parse(String(sinceOf(HELD)));
    expect(Date.now() - since).toBeGreaterThanOrEqual(60_000);
    expect(sinceOf({ processId: 'me', forMs: null })).toBeNull();
    expect(sinceOf({ processId: null, forMs: 60_000 })).toBeNull();
  });
});
