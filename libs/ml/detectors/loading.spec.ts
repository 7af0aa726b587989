import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '#jest';
import { DETECTOR_NAMES, type DetectorArtifact, type DetectorFitInput } from './detector.js';
import { DETECTOR_KINDS } from './kinds.js';
import { detectorFiles, detectorOfArtifact, loadDetector, loadDetectors } from './loading.js';
import { statisticsOver } from './calibration.js';
import { aModelCard } from '../../../test/factories/model-card.fixture.js';
import type { ModelCardDraft } from '../store/model-card.js';
import { ModelStore } from '../store/model-store.js';
import { SeededRandom } from '../math/seeded-random.js';

const artifact: DetectorArtifact = {
  meta: { detector: 'zscore', tagCodes: ['A', 'B'], limit: 3 },
  tensors: { mean: Float64Array.of(10, 0), standardDeviation: Float64Array.of(2, 5) },
};

describe('detectors of a store', () => {
  let folder: string;
  let store: ModelStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tep-loading-'));
    store = new ModelStore(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const save = (changes: Partial<ModelCardDraft> = {}, of = artifact): Promise<unknown> =>
    store.save(aModelCard(changes), detectorFiles(of));

  it('come with the version asked for, by default the one in use', async () => {
    await save();
    await save({}, { ...artifact, meta: { ...artifact.meta, limit: 4 } });
    expect(await loadDetector(store, 'zscore')).toMatchObject({ name: 'zscore', version: '2' });
    const first = await loadDetector(store, 'zscore', '1');
    expect([first.version, first.detector.limit]).toEqual(['1', 3]);
  });

  it.each([
    [0.42, 0.42],
    [0, 0],
    // Not measured, or nothing that could have been: about the middle of what detectors have.
    [undefined, 0.6],
    [1, 0.6],
    [-0.1, 0.6],
    ['0.4', 0.6],
  ])('have a normal ratio of %s taken for %d', async (stored, taken) => {
    await save({ training: stored === undefined ? {} : { normal_ratio: stored } });
    expect((await loadDetector(store, 'zscore')).normalRatio).toBe(taken);
  });

  it('are not used when they have learnt at another sampling', async () => {
    await save({ data: { source: 'history', sampling: { interval_s: 60, value: 'mean' } } });
    await expect(loadDetector(store, 'zscore', '1')).rejects.toThrow(
      'zscore 1 has learnt at another sampling',
    );
    expect(await loadDetectors(store)).toEqual([]);
  });

  it('are all that can be used, the primary one first', async () => {
    expect(await loadDetectors(store)).toEqual([]);
    await save({ name: 'pca_spe' }, { ...artifact, meta: { ...artifact.meta } });
    await save();
    expect((await loadDetectors(store)).map(({ name }) => name)).toEqual(['zscore', 'pca_spe']);
  });

  it('are refused when their kind is not known, and when their parameters are wrong', async () => {
    const unknown = { ...artifact, meta: { ...artifact.meta, detector: 'pump' as never } };
    expect(() => detectorOfArtifact(unknown)).toThrow('no detector of this version reads pump');
    await save({}, { ...artifact, meta: { ...artifact.meta, tagCodes: [] } });
    await expect(loadDetector(store, 'zscore', '1')).rejects.toMatchObject({ code: 'model_corrupt' });
  });
});

describe.each(DETECTOR_NAMES)('the kind %s', (name) => {
  /** Nine tags, as many as the state of CVA needs, in pairs that follow each other, and three half days. */
  const aRun = (seed: number): Float64Array => {
    const random = new SeededRandom(seed);
    const run = new Float64Array(720 * 9);
    for (let at = 0; at < run.length; at++)
      run[at] = at % 2 === 0 ? random.nextNormal() : run[at - 1] + 0.3 * random.nextNormal();
    return run;
  };
  const input: DetectorFitInput = {
    tagCodes: Array.from({ length: 9 }, (_, i) => `T${i}`),
    trainingRuns: [1, 2].map(aRun),
    calibrationRuns: [3, 4, 5, 6].map(aRun),
  };

  it('fits a detector of that name by its defaults, reads it back, and says what it takes', () => {
    const { fit, read, leastDays } = DETECTOR_KINDS[name];
    const fitted = fit(input, 7);
    expect(fitted.name).toBe(name);
    const again = read(fitted.toArtifact());
    expect(again.name).toBe(name);
    const fresh = [aRun(9).subarray(0, 60 * 9)];
    expect(statisticsOver(again, fresh)).toEqual(statisticsOver(fitted, fresh));
    expect(Object.keys(leastDays)).toEqual(['training', 'calibration', 'test']);
    if (name === 'isolation_forest') expect(fit(input, 8).limit).not.toBe(fitted.limit);
  });
});
