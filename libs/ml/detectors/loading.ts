import type { DetectorArtifact, DetectorMeta, DetectorName, StreamingDetector } from './detector.js';
import { DETECTOR_NAMES, isDetectorName } from './detector.js';
import { DETECTOR_KINDS } from './kinds.js';
import { learntAsSampled, type ModelCard } from '../store/model-card.js';
import { tensorFiles, tensorsFromFiles } from '../store/model-files.js';
import type { ModelStore } from '../store/model-store.js';
import { ModelStoreError } from '../store/model-store.errors.js';

const MODEL = 'model.json';
const WEIGHTS = 'weights.bin';

/** A detector in use and the version it was made from. */
export interface LoadedDetector {
  readonly name: DetectorName;
  readonly version: string;
  readonly detector: StreamingDetector;
  /** Median of statistic ÷ limit in normal operation, below 1. */
  readonly normalRatio: number;
}

/** Of versions whose card was written before it was measured: about the middle of what detectors have. */
const USUAL_NORMAL_RATIO = 0.6;

/** model.json and weights.bin of a detector, as they stand in the model store. */
export function detectorFiles({ meta, tensors }: DetectorArtifact): Map<string, Uint8Array> {
  return tensorFiles(meta, tensors, MODEL, WEIGHTS);
}

/**
 * A fresh stream of a stored detector.
 * @param version default: the one in use
 * @throws ModelStoreError
 */
export async function loadDetector(
  store: ModelStore,
  name: DetectorName,
  version?: string,
): Promise<LoadedDetector> {
  return store.open(name, version, ({ card, files }) => {
    if (!learntAsSampled(card))
      throw new ModelStoreError('model_not_usable', `${name} ${card.version} has learnt at another sampling`);
    const { meta, tensors } = tensorsFromFiles(files, MODEL, WEIGHTS);
    const detector = detectorOfArtifact({ meta: meta as DetectorMeta, tensors });
    return { name, version: card.version, detector, normalRatio: normalRatioOf(card) };
  });
}

function normalRatioOf({ training }: ModelCard): number {
  const { normal_ratio: ratio } = training;
  return typeof ratio === 'number' && ratio >= 0 && ratio < 1 ? ratio : USUAL_NORMAL_RATIO;
}

/** All detectors of which the store has a usable version, the primary one first. */
export async function loadDetectors(store: ModelStore): Promise<LoadedDetector[]> {
  const loaded: LoadedDetector[] = [];
  for (const name of DETECTOR_NAMES) {
    try {
      loaded.push(await loadDetector(store, name));
    } catch (error) {
      if (!(error instanceof ModelStoreError)) throw error;
    }
  }
  return loaded;
}

/** @throws ModelStoreError model_corrupt when the artifact names no known detector */
export function detectorOfArtifact(artifact: DetectorArtifact): StreamingDetector {
  const { detector } = artifact.meta;
  if (!isDetectorName(detector)) {
    throw new ModelStoreError('model_corrupt', `no detector of this version reads ${String(detector)}`);
  }
  return DETECTOR_KINDS[detector].read(artifact);
}
