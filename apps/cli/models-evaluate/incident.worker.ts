import { workerData } from 'node:worker_threads';
import { type IncidentAssessment, incidentRun, assessIncidents, type PlannedIncidentRun } from '#ml';
import type { AssessmentSetup } from './worker.js';
import { primaryDetector } from './models.js';

const { modelsDirectory } = workerData as Pick<AssessmentSetup, 'modelsDirectory'>;
const { detector } = await primaryDetector(modelsDirectory);

/** What a thread of the pool does. */
export default function assess(planned: PlannedIncidentRun): IncidentAssessment {
  const { values, ...identity } = incidentRun(planned);
  return assessIncidents(detector, values, identity);
}
