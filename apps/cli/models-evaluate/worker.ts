import { workerData } from 'node:worker_threads';
import {
  type DetectorArtifact,
  detectorOfArtifact,
  JUDGED_TAGS,
  labelledRun,
  type PlannedTrainingRun,
  type RunJudgement,
  type RunToJudge,
} from '#ml';
import { judgeRun } from '#ml/tensors';
import { simulateRun } from '#tep';
import { modelsInUse } from './models.js';

export interface JudgingSetup {
  readonly modelsDirectory: string;
  /** Detectors to judge beside those in use, by the name to print. */
  readonly compared: Readonly<Record<string, DetectorArtifact>>;
}

/** A recorded run, or one to simulate first. */
export type JudgingTask =
  | { readonly kind: 'recorded'; readonly run: RunToJudge }
  | { readonly kind: 'simulated'; readonly planned: PlannedTrainingRun };

const { modelsDirectory, compared } = workerData as JudgingSetup;
const detectors = Object.entries(compared).map(
  ([label, artifact]) => [label, detectorOfArtifact(artifact)] as const,
);
const models = { ...(await modelsInUse(modelsDirectory)), compared: Object.fromEntries(detectors) };

/** What a thread of the pool does. */
export default function judge(task: JudgingTask): RunJudgement {
  return judgeRun(models, task.kind === 'recorded' ? task.run : simulated(task.planned), JUDGED_TAGS);
}

function simulated(planned: PlannedTrainingRun): RunToJudge {
  const { idv, options } = planned;
  const run = labelledRun(planned, simulateRun(options));
  return { ...run, name: `fault ${idv}, seed ${options.seed}`, seed: options.seed };
}
