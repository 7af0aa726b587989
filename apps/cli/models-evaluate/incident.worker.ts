import { parentPort, workerData } from 'node:worker_threads';
import { type IncidentJudgement, incidentRun, judgeIncidents, type PlannedIncidentRun } from '#ml';
import type { JudgingSetup } from './worker.js';
import { primaryDetector } from './models.js';

const port = parentPort;
if (port === null) throw new Error('models-evaluate/incident.worker runs as a worker thread only');

const { modelsDirectory } = workerData as Pick<JudgingSetup, 'modelsDirectory'>;
const { detector } = await primaryDetector(modelsDirectory);

port.on('message', (planned: PlannedIncidentRun) => {
  const { values, ...identity } = incidentRun(planned);
  port.postMessage(judgeIncidents(detector, values, identity) satisfies IncidentJudgement);
});
