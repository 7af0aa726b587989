import { describe, expect, it } from '#jest';
import type { DetectorScore, ScoredSample } from '#anomaly';
import { type EquipmentScore, HealthTracker, type TrackedTag } from './health-tracker.js';

const INTERVAL_MS = 180_000;
const REACTOR = 1;
const PURGE = 2;

const aTag = (code: string, equipmentId: number, changes: Partial<TrackedTag> = {}): TrackedTag => ({
  code,
  equipmentId,
  samplingIntervalMs: INTERVAL_MS,
  limitLl: null,
  limitL: null,
  limitH: 2_895,
  limitHh: 3_000,
  deadband: 20,
  ...changes,
});

const TAGS = [aTag('XMEAS_07', REACTOR), aTag('XMEAS_09', REACTOR), aTag('XMEAS_10', PURGE)];
const CODES = TAGS.map(({ code }) => code);

const aScore = (
  ratio: number,
  contributions: number[],
  changes: Partial<DetectorScore> = {},
): DetectorScore => ({
  detector: 'pca_spe',
  statistic: 10 * ratio,
  limit: 10,
  normalRatio: 0.58,
  contributions: Float64Array.from(contributions),
  ...changes,
});

/** A sample of a running plant: the values differ from those before. */
const aSample = (
  row: number,
  scores: DetectorScore[] = [],
  values: Partial<Record<string, number>> = {},
): ScoredSample => ({
  ts: row * INTERVAL_MS,
  values: Float64Array.from(CODES, (code, i) => values[code] ?? 100 * (i + 1) + 0.01 * row),
  scores,
  unwatched: new Uint8Array(CODES.length),
  isBlind: false,
});

function run(samples: ScoredSample[], tracker = new HealthTracker(TAGS, undefined)): EquipmentScore[][] {
  return samples.map((sample) => tracker.step(sample, CODES));
}

const scoresOf = (unit: number, steps: EquipmentScore[][]) =>
  steps.map((step) => step.find(({ equipmentId }) => equipmentId === unit)?.score);
const rows = (count: number, sample: (row: number) => ScoredSample) =>
  Array.from({ length: count }, (_, i) => sample(i));

describe('the health of equipment', () => {
  it('is 100 while the plant is as it normally is', () => {
    const steps = run(rows(5, (row) => aSample(row, [aScore(0.5, [1, 1, 1])])));
    expect(scoresOf(REACTOR, steps)).toEqual([100, 100, 100, 100, 100]);
    expect(scoresOf(PURGE, steps)).toEqual([100, 100, 100, 100, 100]);
  });

  it('falls towards 50 at the limit where the contributions are, and in proportion elsewhere', () => {
    // The reactor contributes 4 + 4, the purge 2: it bears a quarter of the points.
    const steps = run(rows(60, (row) => aSample(row, [aScore(1, [4, 4, 2])])));
    expect(scoresOf(REACTOR, steps).slice(0, 3)).toEqual([90, 82, 75.6]);
    expect(scoresOf(REACTOR, steps).at(-1)).toBeCloseTo(50, 1);
    expect(scoresOf(PURGE, steps).at(-1)).toBeCloseTo(87.5, 1);
    expect(steps.at(-1)?.[0].drivers).toMatchObject([
      { reason: 'deviation', tag: 'XMEAS_07', points: 25, detector: 'pca_spe' },
      { reason: 'deviation', tag: 'XMEAS_09', points: 25, detector: 'pca_spe' },
    ]);
  });

  it('counts the detector that takes most, not all of them', () => {
    const both = [aScore(1, [1, 0, 0]), aScore(1, [0, 1, 0], { detector: 'zscore' })];
    const steps = run(rows(60, (row) => aSample(row, both)));
    expect(scoresOf(REACTOR, steps).at(-1)).toBeCloseTo(50, 1);
  });

  it('loses points at once at an alarm limit, until the value is back beyond the deadband', () => {
    const pressures = [2_800, 2_896, 3_001, 2_880, 2_874];
    const steps = run(pressures.map((pressure, row) => aSample(row, [], { XMEAS_07: pressure })));
    expect(scoresOf(REACTOR, steps)).toEqual([100, 85, 50, 85, 100]);
    expect(steps[2][0].drivers).toEqual([
      { reason: 'limit', tag: 'XMEAS_07', points: 50, detector: null, limit: 'HH', value: 3_001 },
    ]);
  });

  it('loses points for silent sensors after three of their intervals, and has no score without any', () => {
    const steps = run(rows(7, (row) => aSample(row, [], row > 1 ? { XMEAS_09: NaN, XMEAS_10: NaN } : {})));
    // Last seen at row 1: row 5 is the first more than three intervals later. One of two sensors: 25 points.
    expect(scoresOf(REACTOR, steps)).toEqual([100, 100, 100, 100, 100, 75, 75]);
    expect(scoresOf(PURGE, steps)).toEqual([100, 100, 100, 100, 100, undefined, undefined]);
    expect(steps[5][0].drivers).toMatchObject([{ reason: 'stale', tag: 'XMEAS_09', points: 25 }]);
  });

  it('has the time of a silent sensor for one that has never had a value', () => {
    const steps = run(rows(5, (row) => aSample(row, [], { XMEAS_09: NaN })));
    expect(scoresOf(REACTOR, steps)).toEqual([100, 100, 100, 100, 75]);
  });

  it('goes on from states of versions that did not note who has spoken', () => {
    const tracker = new HealthTracker(TAGS, undefined);
    run([aSample(0)], tracker);
    const { spoken, ...before } = tracker.snapshot();
    expect(spoken).toEqual({ XMEAS_07: true, XMEAS_09: true, XMEAS_10: true });
    const [step] = run([aSample(1, [], { XMEAS_10: NaN })], new HealthTracker(TAGS, before));
    expect(step.map(({ equipmentId, score }) => [equipmentId, score])).toEqual([
      [REACTOR, 100],
      [PURGE, 100],
    ]);
  });

  it('recovers step by step when a detector that has alarmed finds nothing any more', () => {
    const steps = run([
      ...rows(60, (row) => aSample(row, [aScore(1, [1, 1, 0])])),
      ...[60, 61].map((row) => aSample(row, [aScore(1, [0, 0, 0])])),
    ]);
    // 50 points, of which a fifth goes with each sample: 40, 32
    expect(scoresOf(REACTOR, steps).slice(-3)).toEqual([50, 60, 68]);
  });

  it('is not judged by analysers alone where there are other sensors', () => {
    const tags = [
      aTag('XMEAS_09', REACTOR),
      aTag('XMEAS_23', REACTOR, { samplingIntervalMs: 2 * INTERVAL_MS }),
    ];
    const sample = { ...aSample(0), values: Float64Array.of(1, 2), unwatched: Uint8Array.of(1, 0) };
    expect(new HealthTracker(tags, undefined).step(sample, ['XMEAS_09', 'XMEAS_23'])).toEqual([]);
  });

  it('of a unit of analysers only is judged by those that come as learnt', () => {
    const analysers = ['XMEAS_23', 'XMEAS_24'].map((code) =>
      aTag(code, REACTOR, { samplingIntervalMs: 2 * INTERVAL_MS }),
    );
    const step = (...unwatched: number[]): EquipmentScore[] =>
      new HealthTracker(analysers, undefined).step(
        { ...aSample(0), values: Float64Array.of(1, 2), unwatched: Uint8Array.from(unwatched) },
        analysers.map(({ code }) => code),
      );
    expect(step(0, 1).map(({ score }) => score)).toEqual([75]);
    expect(step(1, 1)).toEqual([]);
  });

  it('has no score where no sensor has ever had a value, from the first sample on', () => {
    const steps = run(rows(6, (row) => aSample(row, [], { XMEAS_10: NaN })));
    expect(scoresOf(REACTOR, steps)).toEqual([100, 100, 100, 100, 100, 100]);
    expect(scoresOf(PURGE, steps)).toEqual(Array.from({ length: 6 }, () => undefined));
  });

  it('loses the points of sensors that come otherwise than learnt, and has no score when all do', () => {
    // One of the reactor's two, and the purge's only one.
    const unwatched = Uint8Array.of(0, 1, 1);
    const steps = run(
      rows(6, (row) => ({ ...aSample(row, [], row % 5 === 0 ? {} : { XMEAS_09: NaN }), unwatched })),
    );
    expect(scoresOf(REACTOR, steps)).toEqual([75, 75, 75, 75, 75, 75]);
    expect(steps[0][0].drivers).toMatchObject([{ reason: 'sampling', tag: 'XMEAS_09', points: 25 }]);
    expect(scoresOf(PURGE, steps)).toEqual(Array.from({ length: 6 }, () => undefined));
  });

  it('has no score anywhere while no detector can judge the plant', () => {
    const steps = run(rows(3, (row) => ({ ...aSample(row), isBlind: row === 1 })));
    expect(steps.map((step) => step.length)).toEqual([2, 0, 2]);
  });

  it('loses points for sensors that send bad values only, and says so as long as they do', () => {
    const bad = Uint8Array.of(0, 1, 0);
    const steps = run(
      rows(12, (row) => {
        const isBad = row > 1 && row < 7;
        const sample = aSample(row, [], row > 1 && row < 11 ? { XMEAS_09: NaN } : {});
        return isBad ? { ...sample, bad } : sample;
      }),
    );
    // A value until row 1, bad ones until row 6, nothing until row 10: row 5 is the first more than three intervals after the
    // last value, row 10 the first more than three after the last bad one. One of two sensors: 25 points.
    expect(scoresOf(REACTOR, steps)).toEqual([100, 100, 100, 100, 100, 75, 75, 75, 75, 75, 75, 100]);
    const reasons = steps.map((step) => step[0].drivers.map(({ reason, tag }) => `${reason} ${tag}`).join());
    expect(reasons.slice(5)).toEqual([
      ...Array<string>(5).fill('bad_quality XMEAS_09'),
      'stale XMEAS_09',
      '',
    ]);
  });

  it('takes a sample of bad values only for none', () => {
    const alarmed = [aScore(5, [1, 0, 0])];
    const allBad: ScoredSample = {
      ...aSample(2),
      ts: 2.5 * INTERVAL_MS,
      values: new Float64Array(3).fill(NaN),
      bad: Uint8Array.of(1, 1, 1),
    };
    const samples = rows(5, (row) => aSample(row, alarmed));
    const steps = run([...samples.slice(0, 3), allBad, ...samples.slice(3)]);
    expect(steps[3]).toEqual([]);
    expect([...steps.slice(0, 3), ...steps.slice(4)]).toEqual(run(samples));
  });

  it('is not judged while the plant stands still, and starts afresh after it', () => {
    const alarmed = [aScore(5, [1, 1, 1])];
    const still = (row: number) => ({ ...aSample(5, alarmed), ts: row * INTERVAL_MS });
    const steps = run([
      aSample(4, alarmed),
      still(5),
      still(6),
      still(7),
      aSample(8, [aScore(0.5, [1, 1, 1])]),
    ]);
    expect(scoresOf(REACTOR, steps).map((score) => score === undefined)).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
    expect(scoresOf(REACTOR, steps).at(-1)).toBe(100);
  });

  it('forgets deviations over a gap longer than detectors remember', () => {
    const before = rows(20, (row) => aSample(row, [aScore(5, [1, 0, 0])]));
    const steps = run([...before, aSample(40, [aScore(0.5, [1, 0, 0])])]);
    expect(scoresOf(REACTOR, steps).at(-2)).toBeLessThan(10);
    expect(scoresOf(REACTOR, steps).at(-1)).toBe(100);
  });

  it('continues from a snapshot as if there had been no interruption', () => {
    const samples = rows(30, (row) =>
      aSample(row, [aScore(1 + row / 20, [3, 1, 2])], row > 10 && row < 14 ? { XMEAS_07: 2_900 } : {}),
    );
    const first = new HealthTracker(TAGS, undefined);
    const head = run(samples.slice(0, 13), first);
    const state = JSON.parse(JSON.stringify(first.snapshot())) as ReturnType<HealthTracker['snapshot']>;
    const tail = run(samples.slice(13), new HealthTracker(TAGS, state));
    expect([...head, ...tail]).toEqual(run(samples));
  });
});
