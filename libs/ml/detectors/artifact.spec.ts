import { describe, expect, it } from '#jest';
import { artifactLimit, artifactNumber, artifactTagCodes, artifactTensor } from './artifact.js';
import { assertRuns, assertSample, isDetectorName, type DetectorArtifact } from './detector.js';
import { SnapshotReader } from './snapshot.js';

const anArtifact = (meta: Record<string, unknown> = {}): DetectorArtifact => ({
  meta: { detector: 'zscore', tagCodes: ['A', 'B'], limit: 3, ...meta },
  tensors: { mean: Float64Array.of(1, 2), weights: Float32Array.of(0.5, 0.25, 2) },
});

describe('the stored parameters of a detector', () => {
  it('are read back by name, tensors with eight bytes a number', () => {
    const artifact = anArtifact({ lags: 2 });
    expect(artifactTagCodes(artifact)).toEqual(['A', 'B']);
    expect(artifactLimit(artifact)).toBe(3);
    expect(artifactNumber(artifact, 'lags')).toBe(2);
    expect(artifactTensor(artifact, 'mean', 2)).toBe(artifact.tensors.mean);
    expect(artifactTensor(artifact, 'weights')).toEqual(Float64Array.of(0.5, 0.25, 2));
  });

  it('name the detector and what is wrong with them', () => {
    const wrong = (reason: string): string => `artifact of detector zscore: ${reason}`;
    expect(() => artifactTagCodes(anArtifact({ tagCodes: [] }))).toThrow(wrong('tagCodes is empty'));
    for (const limit of [NaN, Infinity, null])
      expect(() => artifactLimit(anArtifact({ limit }))).toThrow(wrong('limit is not a number'));
    for (const lags of [undefined, '2', NaN, -Infinity])
      expect(() => artifactNumber(anArtifact({ lags }), 'lags')).toThrow(wrong('lags is not a number'));
    expect(() => artifactTensor(anArtifact(), 'scale')).toThrow(wrong('tensor scale is missing'));
    expect(() => artifactTensor(anArtifact(), 'mean', 3)).toThrow(
      wrong('tensor mean has 2 numbers, 3 are needed'),
    );
  });
});

describe('a snapshot', () => {
  const reader = (state: Record<string, number | readonly number[]>): SnapshotReader =>
    new SnapshotReader({ detector: 'cva', state }, 'cva');

  it('is read back field by field', () => {
    const target = new Float64Array(2);
    const read = reader({ seen: 4, stack: [1, -2] });
    expect([read.has('seen'), read.has('hold')]).toEqual([true, false]);
    expect(read.number('seen')).toBe(4);
    read.into('stack', target);
    expect(Array.from(target)).toEqual([1, -2]);
  });

  it('names the detector and the field that does not fit, and leaves what it was to fill', () => {
    for (const state of [{}, { seen: [4] }, { seen: NaN }])
      expect(() => reader(state).number('seen')).toThrow('snapshot of cva: seen is not a number');
    const target = Float64Array.of(7, 7);
    for (const state of [{}, { stack: 1 }, { stack: [1] }, { stack: [1, 2, 3] }, { stack: [1, NaN] }])
      expect(() => reader(state).into('stack', target)).toThrow(
        'snapshot of cva: stack is not 2 finite numbers',
      );
    expect(Array.from(target)).toEqual([7, 7]);
    expect(() => new SnapshotReader({ detector: 'cva', state: {} }, 'zscore')).toThrow(
      'snapshot of cva cannot be restored into zscore',
    );
  });
});

describe('what a detector is given', () => {
  it('is a number or nothing for each of its tags', () => {
    expect(() => assertSample(Float64Array.of(1, NaN), ['A', 'B'])).not.toThrow();
    for (const values of [[], [1], [1, 2, 3]])
      expect(() => assertSample(Float64Array.from(values), ['A', 'B'])).toThrow(
        `expected 2 values, one per tag, got ${values.length}`,
      );
    for (const value of [Infinity, -Infinity])
      expect(() => assertSample(Float64Array.of(1, value), ['A', 'B'])).toThrow('value of B is infinite');
  });

  it('is runs of whole rows and finite numbers, to learn from', () => {
    const whole = Float64Array.of(1, 2, 3, 4);
    expect(() => assertRuns([whole, whole], 2, 'training run')).not.toThrow();
    expect(() => assertRuns([], 2, 'training run')).toThrow('training run: no runs');
    expect(() => assertRuns([whole, new Float64Array(3)], 2, 'training run')).toThrow(
      'training run 1: 3 values are not rows of 2',
    );
    expect(() => assertRuns([new Float64Array(0)], 2, 'training run')).toThrow('0 values are not rows of 2');
    for (const value of [NaN, Infinity])
      expect(() => assertRuns([whole.with(3, value)], 2, 'training run')).toThrow(
        'training run 0: row 1, column 1 is not a finite number',
      );
  });

  it('has one of the known names', () => {
    expect(['zscore', 'cva', 'pump', '', 3, null].map(isDetectorName)).toEqual([
      ...[true, true],
      ...[false, false, false, false],
    ]);
  });
});
