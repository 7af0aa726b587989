import { beforeEach, describe, expect, it } from '#jest';
import type { SensorTag } from '#equipment';
import type { SampleFeed } from './sample-feed.service.js';
import type { SampleRepository } from './sample.repository.js';
import { SamplingSurvey } from './sampling-survey.service.js';
import type { TagDirectory } from './tag-directory.service.js';

const NOW = Date.UTC(2026, 2, 1);
const DAY = 86_400_000;

describe('the survey of samplings', () => {
  /** Times of samples by tag id, the newest first. */
  let times: Map<number, number[]>;
  let position: () => Promise<number>;
  let surveys: number;
  let fail: Error | undefined;
  let survey: SamplingSurvey;

  const every = (ms: number, newest = NOW): number[] => Array.from({ length: 40 }, (_, i) => newest - i * ms);

  beforeEach(() => {
    [times, surveys, fail] = [new Map(), 0, undefined];
    position = () => Promise.resolve(1);
    const samples = {
      findNewestTimes: (ids: number[], after: number, until: number, most: number) => {
        surveys++;
        if (fail) return Promise.reject(fail);
        const found = ids.map((id) => {
          const own = (times.get(id) ?? []).filter((ts) => ts > after && ts <= until);
          return [id, own.slice(0, most)] as const;
        });
        return Promise.resolve(new Map(found.filter(([, own]) => own.length > 0)));
      },
      findLatest: (ids: number[], { until }: { until: number }) =>
        Promise.resolve(
          new Map(ids.filter((id) => times.get(id)?.some((ts) => ts <= until)).map((id) => [id, {}])),
        ),
    };
    const tags = [1, 2, 3].map((id) => ({ id, code: `T${id}`, samplingIntervalMs: 180_000 }) as SensorTag);
    survey = new SamplingSurvey(
      samples as unknown as SampleRepository,
      { all: () => Promise.resolve(new Map(tags.map((tag) => [tag.code, tag]))) } as unknown as TagDirectory,
      { position: () => position() } as unknown as SampleFeed,
    );
  });

  it('tells how each tag comes, and those that are silent from those that never spoke', async () => {
    times.set(1, every(300_000));
    times.set(2, every(180_000, NOW - 2 * DAY));
    expect(Object.fromEntries(await survey.at(NOW))).toEqual({
      T1: { state: 'slower', intervalMs: 300_000 },
      T2: { state: 'regular', intervalMs: null },
      T3: { state: 'never_sent', intervalMs: null },
    });
    expect((await survey.at(NOW - 2 * DAY)).get('T2')).toEqual({ state: 'regular', intervalMs: 180_000 });
    expect((await survey.at(NOW - 99 * DAY)).get('T2')).toEqual({ state: 'never_sent', intervalMs: null });
  });

  it('is made once for three minutes, and anew with every write and for what was before', async () => {
    await Promise.all([survey.at(NOW), survey.at(NOW)]);
    await survey.at(NOW + 179_999);
    // the two that came at once did not know of each other's
    const atOnce = surveys;
    expect(atOnce).toBeLessThanOrEqual(2);
    await survey.at(NOW + 180_000);
    expect(surveys).toBe(atOnce + 1);
    await survey.at(NOW);
    expect(surveys).toBe(atOnce + 2);
    position = () => Promise.resolve(2);
    await survey.at(NOW);
    await survey.at(NOW);
    expect(surveys).toBe(atOnce + 3);
  });

  it('keeps the answer of the newest write when an older question is late', async () => {
    await survey.at(NOW);
    position = () => Promise.resolve(7);
    await survey.at(NOW);
    position = () => Promise.resolve(6);
    await survey.at(NOW);
    position = () => Promise.resolve(7);
    const before = surveys;
    await survey.at(NOW);
    expect(surveys).toBe(before);
  });

  it('is made again when it could not be', async () => {
    fail = new Error('away');
    await expect(survey.at(NOW)).rejects.toThrow('away');
    fail = undefined;
    expect((await survey.at(NOW)).size).toBe(3);
  });
});
