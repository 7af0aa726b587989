import { Injectable } from '@nestjs/common';
import type { Acknowledgement } from './acknowledgement.js';
import { AnomalyRepository } from './anomaly.repository.js';

/** Anomalies as parts of incidents: what those who keep incidents may do to them. */
@Injectable()
export class IncidentAnomalies {
  constructor(private readonly repository: AnomalyRepository) {}

  /**
   * Makes the anomalies of no incident that reach into `[from, to]` part of one, unless they began more than `leadMs` before it.
   */
  join(incidentId: number, from: number, to: number, leadMs: number): Promise<void> {
    return this.repository.joinIncident(incidentId, from, to, leadMs);
  }

  /** Takes an incident back: its anomalies belong to none again. */
  leave(incidentId: number): Promise<void> {
    return this.repository.leaveIncident(incidentId);
  }

  /** Says of the anomalies of an incident what was said of it, where nothing has been said of them. */
  acknowledge(incidentId: number, acknowledgement: Acknowledgement): Promise<void> {
    return this.repository.acknowledgeIncident(incidentId, acknowledgement);
  }

  /** Whether nothing has been said of some anomaly of an incident. */
  isUnacknowledged(incidentId: number): Promise<boolean> {
    return this.repository.isIncidentUnacknowledged(incidentId);
  }

  /** How many anomalies each of the incidents has; those without any are left out. */
  count(incidentIds: readonly number[]): Promise<Map<number, number>> {
    return this.repository.countByIncident(incidentIds);
  }
}
