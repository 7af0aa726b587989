import { describe, expect, it } from '#jest';
import type { LoggedEvent } from '#platform';
import type { SampleState } from './latest-samples.service.js';
import { StreamFilter } from './stream-filter.js';

const event = (topic: string, scope: string | null = null): LoggedEvent => ({
  id: 1,
  topic,
  subject: '1',
  scope,
  data: '{}',
});
const sample = (tag: string, eqId: string): SampleState => ({
  tag,
  eq_id: eqId,
  ts: '2026-03-01T00:00:00.000Z',
  value: 1,
  quality: 'good',
  limit_state: 'normal',
});

describe('a filter of events', () => {
  it('wants everything when nothing is asked for', () => {
    const filter = new StreamFilter({});
    expect(filter.wants('samples')).toBe(true);
    expect(filter.wantsEvent(event('anomalies', 'REACTOR'))).toBe(true);
  });

  it('wants only its types, and nothing that has no name on the wire', () => {
    const filter = new StreamFilter({ types: ['lots'] });
    expect(filter.wantsEvent(event('lots'))).toBe(true);
    expect(filter.wantsEvent(event('jobs'))).toBe(false);
    expect(new StreamFilter({}).wantsEvent(event('secrets'))).toBe(false);
  });

  it('wants of an equipment what belongs to it, what belongs to none, and what is of the whole plant', () => {
    const filter = new StreamFilter({ eqId: 'REACTOR' });
    expect(filter.wantsEvent(event('anomalies', 'REACTOR'))).toBe(true);
    expect(filter.wantsEvent(event('anomalies', 'STRIPPER'))).toBe(false);
    expect(filter.wantsEvent(event('anomalies', null))).toBe(true);
    expect(filter.wantsEvent(event('lots'))).toBe(true);
  });

  it('takes samples by tag and by equipment, both where both are given', () => {
    const samples = [
      sample('XMEAS_07', 'REACTOR'),
      sample('XMEAS_09', 'REACTOR'),
      sample('XMEAS_15', 'STRIPPER'),
    ];
    const tags = (filter: StreamFilter): string[] => filter.samplesOf(samples).map(({ tag }) => tag);
    expect(tags(new StreamFilter({ tags: ['XMEAS_15'] }))).toEqual(['XMEAS_15']);
    expect(tags(new StreamFilter({ eqId: 'REACTOR' }))).toEqual(['XMEAS_07', 'XMEAS_09']);
    expect(tags(new StreamFilter({ eqId: 'REACTOR', tags: ['XMEAS_09', 'XMEAS_15'] }))).toEqual(['XMEAS_09']);
  });

  it('has one key whatever order it was asked in', () => {
    const [one, other] = [['lots', 'jobs'] as const, ['jobs', 'lots'] as const];
    expect(new StreamFilter({ types: one }).key).toBe(new StreamFilter({ types: other }).key);
    expect(new StreamFilter({ types: one, eqId: 'A' }).key).not.toBe(new StreamFilter({ types: one }).key);
  });
});
