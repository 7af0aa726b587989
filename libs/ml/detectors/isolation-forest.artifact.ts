import type { DetectorArtifact } from './detector.js';
import { artifactNumber, artifactTensor } from './artifact.js';
import { IsolationForest } from './isolation-forest.js';

/**
 * The parts of a detector's artifact that hold its forest.
 * @param prefix of the tensors' names, where the detector has others of the same name
 */
export function artifactOfForest(
  { parameters }: IsolationForest,
  prefix = '',
): { meta: { trees: number; subsample: number }; tensors: DetectorArtifact['tensors'] } {
  const { trees, subsample, ...tensors } = parameters;
  const named = Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor] as const);
  return { meta: { trees, subsample }, tensors: Object.fromEntries(named) };
}

/** @throws RangeError when parts are missing or do not fit together */
export function forestOfArtifact(artifact: DetectorArtifact, prefix = ''): IsolationForest {
  const double = (name: string): Float64Array => artifactTensor(artifact, prefix + name);
  const single = (name: string): Float32Array => Float32Array.from(double(name));
  return new IsolationForest({
    mean: double('mean'),
    standardDeviation: double('standardDeviation'),
    trees: artifactNumber(artifact, 'trees'),
    subsample: artifactNumber(artifact, 'subsample'),
    thresholds: single('thresholds'),
    features: single('features'),
    leafSizes: single('leafSizes'),
  });
}
