import { workerData } from 'node:worker_threads';
import { type IncidentJudgement, incidentRun, judgeIncidents, type PlannedIncidentRun } from '#ml';
import type { JudgingSetup } from './worker.js';
import { primaryDetector } from './models.js';

const { modelsDirectory } = workerData as Pick<JudgingSetup, 'modelsDirectory'>;
const { detector } = await primaryDetector(modelsDirectory);

/** What a thread of the pool does. */
export default function judge(planned: PlannedIncidentRun): IncidentJudgement {
  const { values, ...identity } = incidentRun(planned);
  return judgeIncidents(detector, values, identity);
}
