import type { DetectorName } from '#ml';
import { Column, Entity } from 'typeorm';
import { EpochMsColumn, IdColumn, JsonColumn, ReferenceColumn } from '#platform';
import { Acknowledgeable } from './acknowledgement.js';

export const ANOMALY_STATES = ['open', 'closed'] as const;
export type AnomalyState = (typeof ANOMALY_STATES)[number];

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How much one tag speaks for an anomaly. */
export interface Contribution {
  tag: string;
  /** Share of all contributions, 0 to 1. */
  share: number;
}

/** A stretch of time in which a detector was in alarm. */
@Entity('anomaly')
export class Anomaly extends Acknowledgeable {
  @IdColumn()
  id!: number;

  @Column({ type: 'varchar', length: 40 })
  detector!: DetectorName;

  @Column({ name: 'model_version', type: 'varchar', length: 40 })
  modelVersion!: string;

  /** Equipment of the tag that contributes most. */
  @ReferenceColumn({ name: 'equipment_id', nullable: true })
  equipmentId!: number | null;

  @ReferenceColumn({ name: 'lot_id', nullable: true })
  lotId!: number | null;

  /** The event it belongs to; null for one that nothing else confirms. Written with incidents, never with episodes. */
  @ReferenceColumn({ name: 'incident_id', nullable: true })
  incidentId!: number | null;

  @Column({ type: 'varchar', length: 20 })
  state!: AnomalyState;

  @Column({ type: 'varchar', length: 20 })
  severity!: Severity;

  /** First sample beyond the limit, plant time. */
  @EpochMsColumn({ name: 'started_at' })
  startedAt!: number;

  /** When it was certain enough to be reported, plant time. */
  @EpochMsColumn({ name: 'detected_at' })
  detectedAt!: number;

  @EpochMsColumn({ name: 'ended_at', nullable: true })
  endedAt!: number | null;

  @EpochMsColumn({ name: 'peak_at' })
  peakAt!: number;

  /** Largest statistic seen. */
  @Column({ name: 'peak_score', type: 'double' })
  peakScore!: number;

  /** The detector's limit. */
  @Column({ type: 'double' })
  threshold!: number;

  @Column({ name: 'sample_count', type: 'int' })
  sampleCount!: number;

  /** The largest first. */
  @JsonColumn()
  contributions!: Contribution[];
}
