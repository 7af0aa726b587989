import { beforeEach, describe, expect, it } from '#jest';
import type { SampleFollower, ScoredSample, ScoredSamples } from '#anomaly';
import type { Database, EventLog, ProcessClock } from '#platform';
import type { TagDirectory } from '#timeseries';
import { HealthRecorder } from './health-recorder.service.js';
import type { HealthScoreRepository } from './health-score.repository.js';
import type { EquipmentScore } from './health-tracker.js';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 2, 1);
const UNIT = 7;
const TAG = {
  id: 1,
  code: 'XMEAS_09',
  equipmentId: UNIT,
  samplingIntervalMs: 3 * MINUTE,
  limitLl: null,
  limitL: null,
  limitH: 100,
  limitHh: 200,
  deadband: 0,
};

describe('the recorder of scores', () => {
  let replaced: [after: number, to: number, scores: EquipmentScore[]][];
  let told: [topic: string, unit: number][];
  let afterCommit: (() => void)[];
  let follower: SampleFollower;

  beforeEach(() => {
    [replaced, told, afterCommit] = [[], [], []];
    const recorder = new HealthRecorder(
      { register: (each: SampleFollower) => (follower = each) } as unknown as ScoredSamples,
      {
        replace: (...given: (typeof replaced)[number]) => Promise.resolve(void replaced.push(given)),
      } as unknown as HealthScoreRepository,
      { all: () => Promise.resolve(new Map([[TAG.code, TAG]])) } as unknown as TagDirectory,
      {
        afterCommit: (done: () => void) => Promise.resolve(void afterCommit.push(done)),
      } as unknown as Database,
      {
        append: (topic: string, unit: number) => Promise.resolve(void told.push([topic, unit])),
      } as unknown as EventLog,
      { now: () => NOW } as ProcessClock,
    );
    recorder.onModuleInit();
  });

  /** A limit costs 15 points from 100 on, 50 from 200 on. */
  const sample = (ts: number, value: number): ScoredSample => ({
    ts,
    values: Float64Array.of(value),
    scores: [],
    unwatched: new Uint8Array(1),
    isBlind: false,
  });
  const commit = (): void => afterCommit.splice(0).forEach((done) => done());
  /** Takes in values, one a minute up to `to`. @returns whether it was told of the unit */
  const follow = async (after: number, to: number, values: number[]): Promise<boolean> => {
    told = [];
    const samples = values.map((value, i) => sample(to - (values.length - 1 - i) * MINUTE, value));
    await follower.follow({ tagCodes: [TAG.code], detectors: [], samples, after, to }, undefined);
    return told.length > 0;
  };

  it('writes the scores of every sample, and goes on where the state before has left off', async () => {
    expect(follower.name).toBe('health');
    const batch = { tagCodes: [TAG.code], detectors: [], after: NOW - 9 * MINUTE, to: NOW };
    const state = await follower.follow({ ...batch, samples: [sample(NOW - MINUTE, 150)] }, undefined);
    await follower.follow({ ...batch, samples: [sample(NOW, 250)] }, state);
    expect(
      replaced.map(([after, to, scores]) => [after, to, scores.map(({ ts, score }) => [ts, score])]),
    ).toEqual([
      [NOW - 9 * MINUTE, NOW, [[NOW - MINUTE, 85]]],
      [NOW - 9 * MINUTE, NOW, [[NOW, 50]]],
    ]);
    expect(state).toMatchObject({ lastTs: NOW - MINUTE, alarms: { XMEAS_09: 'H' } });
  });

  it('tells of a unit when its newest score is another one, once that is committed', async () => {
    const [first, second, third] = [NOW - 9 * MINUTE, NOW - 5 * MINUTE, NOW];
    expect(await follow(NOW - 20 * MINUTE, first, [50, 250, 51])).toBe(true);
    expect(told).toEqual([['health', UNIT]]);
    // rolled back, and tried again
    afterCommit = [];
    expect(await follow(NOW - 20 * MINUTE, first, [52])).toBe(true);
    commit();
    expect(await follow(first, second, [53, 54])).toBe(false);
    commit();
    expect(await follow(second, third, [55, 150])).toBe(true);
    commit();
    expect(await follow(third, NOW, [151])).toBe(false);
  });

  it('tells again when another process has scored in between', async () => {
    await follow(NOW - 20 * MINUTE, NOW - 9 * MINUTE, [50]);
    commit();
    expect(await follow(NOW - 8 * MINUTE, NOW, [51])).toBe(true);
  });

  it('tells nothing of what was half an hour ago', async () => {
    const halfAnHourAgo = NOW - 30 * MINUTE;
    expect(await follow(0, halfAnHourAgo - 1, [50])).toBe(false);
    expect(replaced).toHaveLength(1);
    expect(await follow(0, halfAnHourAgo, [50])).toBe(true);
  });
});
