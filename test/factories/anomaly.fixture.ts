import { type Anomaly } from '#anomaly';
import type { FeatureApp } from '#testing';
import { AnomalyRepository } from '../../libs/anomaly/anomaly.repository.js';

/** Writes an anomaly as the detectors would. @returns its id */
export function insertAnomaly(app: FeatureApp, anomaly: Omit<Anomaly, 'id' | 'incidentId'>): Promise<number> {
  return app.get(AnomalyRepository).insert(anomaly);
}
