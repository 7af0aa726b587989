import type { Diagnosis } from './incident-diagnosis.repository.js';
import type { Incident } from './incident.entity.js';

/** An incident, what it was last taken for, and how many anomalies it has. */
export interface DiagnosedIncident {
  incident: Incident;
  /** The newest that could be made. */
  diagnosis: Diagnosis | null;
  anomalyCount: number;
}
