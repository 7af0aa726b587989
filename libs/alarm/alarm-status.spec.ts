import { describe, expect, it } from '#jest';
import { HealthIndicators, type Leases } from '#platform';
import type { SampleFeed } from '#timeseries';
import type { AlarmCheckpoint, AlarmCheckpointRepository } from './alarm-checkpoint.repository.js';
import { AlarmStatus } from './alarm-status.service.js';

const AT = Date.UTC(2026, 2, 1);
const iso = (ts: number): string => new Date(ts).toISOString();

/** What the alarms say of themselves; of writes, what they ask the feed after. */
async function reading(
  checkpoint:
    (Omit<AlarmCheckpoint, 'snapshot'> & { snapshot: Partial<AlarmCheckpoint['snapshot']> }) | undefined,
  waitingForMs?: number,
): Promise<{ alarms: Record<string, unknown>; asked: unknown[] }> {
  const asked: unknown[] = [];
  const indicators = new HealthIndicators();
  new AlarmStatus(
    { newest: () => Promise.resolve(checkpoint) } as unknown as AlarmCheckpointRepository,
    {
      waiting: (...position: unknown[]) => {
        asked.push(...position);
        const since = Date.now() - (waitingForMs ?? 0);
        return Promise.resolve(waitingForMs === undefined ? undefined : { since, fromTs: AT });
      },
    } as unknown as SampleFeed,
    { tenure: () => Promise.resolve({ processId: 'p1', forMs: 1_000 }) } as unknown as Leases,
    indicators,
  ).onModuleInit();
  return { alarms: (await indicators.read()).alarms, asked };
}

describe('what the alarms say of themselves', () => {
  it('is that there was nothing to do before there are samples', async () => {
    const { alarms, asked } = await reading(undefined);
    expect(alarms).toMatchObject({ status: 'up', holder: 'p1', lag_ms: null, judged_to: null });
    expect(asked).toEqual([0, {}]);
  });

  it('is how far they have come, and that nothing waits', async () => {
    const { alarms, asked } = await reading({
      positionTs: AT,
      feedPosition: 8,
      snapshot: { horizonTs: AT, again: null },
    });
    expect(alarms).toMatchObject({ status: 'up', lag_ms: 0, judged_to: iso(AT) });
    expect(asked).toEqual([8, {}]);
  });

  it('asks also for noted writes beyond the position while they are behind', async () => {
    const { alarms, asked } = await reading(
      { positionTs: AT, feedPosition: 8, snapshot: { horizonTs: AT + 1, again: null } },
      40_000,
    );
    expect(alarms).toMatchObject({
      status: 'degraded',
      judged_to: iso(AT),
      reason: expect.stringContaining('40 s'),
    });
    expect(asked).toEqual([8, { reaching: AT }]);
  });

  it('takes what is evaluated again for evaluated before', async () => {
    const { alarms, asked } = await reading({
      positionTs: AT - 60_000,
      feedPosition: 8,
      snapshot: { horizonTs: AT, again: { until: AT, alarmIds: [] } },
    });
    expect(alarms).toMatchObject({ status: 'up', judged_to: iso(AT) });
    expect(asked).toEqual([8, {}]);
  });
});
