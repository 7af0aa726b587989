import type { DetectorArtifact, DetectorMeta } from './detector.js';

/** @throws RangeError when the artifact names no tags */
export function artifactTagCodes({ meta }: DetectorArtifact): readonly string[] {
  if (meta.tagCodes.length === 0) throw malformed(meta, 'tagCodes is empty');
  return meta.tagCodes;
}

/** @throws RangeError when the limit is not a number */
export function artifactLimit({ meta }: DetectorArtifact): number {
  if (!Number.isFinite(meta.limit)) throw malformed(meta, 'limit is not a number');
  return meta.limit;
}

/** @throws RangeError when the parameter is not a finite number */
export function artifactNumber({ meta }: DetectorArtifact, parameter: string): number {
  const value = meta[parameter];
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw malformed(meta, `${parameter} is not a number`);
  return value;
}

/** A tensor with eight bytes a number. @throws RangeError when it is missing or has another length */
export function artifactTensor(
  { meta, tensors }: DetectorArtifact,
  name: string,
  length?: number,
): Float64Array {
  if (!(name in tensors)) throw malformed(meta, `tensor ${name} is missing`);
  const tensor = tensors[name];
  if (length !== undefined && tensor.length !== length) {
    throw malformed(meta, `tensor ${name} has ${tensor.length} numbers, ${length} are needed`);
  }
  return tensor instanceof Float64Array ? tensor : Float64Array.from(tensor);
}

function malformed(meta: DetectorMeta, reason: string): RangeError {
  return new RangeError(`artifact of detector ${meta.detector}: ${reason}`);
}
