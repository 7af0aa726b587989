import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectorFiles, fitPca, ModelStore, type StreamingDetector, ZScoreDetector } from '#ml';
import { aModelCard } from '../factories/model-card.fixture.js';
import { DETECTOR_TAGS, RECORD_LENGTH, simulateRun } from '#tep';

/** A folder of models for MODELS_DIR, and how to remove it. */
export interface DetectorModels {
  variables: { MODELS_DIR: string };
  drop(): Promise<void>;
}

const TAGS = DETECTOR_TAGS.length;
/** The z-score limit is the value that this share of the calibration run exceeds: 10 of its 500 samples. */
const FALSE_ALARM_RATE = 0.02;

/**
 * Fits small detectors (z-score, T² and SPE) on some hours of simulated normal operation and stores them as version 1.
 * They see strong disturbances within minutes; for honest figures use the shipped models.
 */
export async function detectorModels(): Promise<DetectorModels> {
  const root = await mkdtemp(join(tmpdir(), 'tep-models-'));
  const store = new ModelStore(root);
  for (const detector of (fitted ??= fitDetectors())) await saveDetector(store, detector);
  return { variables: { MODELS_DIR: root }, drop: () => rm(root, { recursive: true }) };
}

/** Fitted once for all specs of a process. */
let fitted: StreamingDetector[] | undefined;

function fitDetectors(): StreamingDetector[] {
  const input = {
    tagCodes: DETECTOR_TAGS,
    trainingRuns: [normalRun(11, 15), normalRun(22, 15)],
    calibrationRuns: [normalRun(33, 26)],
  };
  const pca = fitPca(input, { limits: 'theoretical' });
  return [ZScoreDetector.fit(input, { falseAlarmRate: FALSE_ALARM_RATE }), pca.t2, pca.spe];
}

/** Stores a detector as the next version of its name, without gates. */
async function saveDetector(store: ModelStore, detector: StreamingDetector): Promise<void> {
  await store.save(aModelCard({ name: detector.name }), detectorFiles(detector.toArtifact()));
}

function normalRun(seed: number, hours: number): Float64Array {
  const { values, rows } = simulateRun({ seed, hours });
  const run = new Float64Array(rows * TAGS);
  for (let row = 0; row < rows; row++)
    run.set(values.subarray(row * RECORD_LENGTH, row * RECORD_LENGTH + TAGS), row * TAGS);
  return run;
}
