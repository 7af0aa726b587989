import { workerData } from 'node:worker_threads';
import {
  type DetectorArtifact,
  detectorOfArtifact,
  ASSESSED_TAGS,
  labelledRun,
  type PlannedTrainingRun,
  type RunAssessment,
  type RunToAssess,
} from '#ml';
import { assessRun } from '#ml/tensors';
import { simulateRun } from '#tep';
import { modelsInUse } from './models.js';

export interface AssessmentSetup {
  readonly modelsDirectory: string;
  /** Detectors to assess beside those in use, by the name to print. */
  readonly compared: Readonly<Record<string, DetectorArtifact>>;
}

/** A recorded run, or one to simulate first. */
export type AssessmentTask =
  | { readonly kind: 'recorded'; readonly run: RunToAssess }
  | { readonly kind: 'simulated'; readonly planned: PlannedTrainingRun };

const { modelsDirectory, compared } = workerData as AssessmentSetup;
const detectors = Object.entries(compared).map(
  ([label, artifact]) => [label, detectorOfArtifact(artifact)] as const,
);
const models = { ...(await modelsInUse(modelsDirectory)), compared: Object.fromEntries(detectors) };

/** What a thread of the pool does. */
export default function assess(task: AssessmentTask): RunAssessment {
  return assessRun(models, task.kind === 'recorded' ? task.run : simulated(task.planned), ASSESSED_TAGS);
}

function simulated(planned: PlannedTrainingRun): RunToAssess {
  const { idv, options } = planned;
  const run = labelledRun(planned, simulateRun(options));
  return { ...run, name: `fault ${idv}, seed ${options.seed}`, seed: options.seed };
}
