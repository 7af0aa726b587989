import type { FirstTag, IncidentTrigger } from '#ml';
import { Acknowledgeable, type AnomalyState, type Severity } from '#anomaly';
import { Column, Entity } from 'typeorm';
import { EpochMsColumn, IdColumn, JsonColumn, ReferenceColumn } from '#platform';

/** One event in the plant: what the primary detector, a shutdown limit or a standstill has shown; anomalies belong to it. */
@Entity('incident')
export class Incident extends Acknowledgeable {
  @IdColumn()
  id!: number;

  @Column({ type: 'varchar', length: 20 })
  state!: AnomalyState;

  @Column({ type: 'varchar', length: 20 })
  severity!: Severity;

  @Column({ name: 'opened_by', type: 'varchar', length: 20 })
  openedBy!: IncidentTrigger;

  /** Equipment of the tag that moved first. */
  @ReferenceColumn({ name: 'equipment_id', nullable: true })
  equipmentId!: number | null;

  @ReferenceColumn({ name: 'lot_id', nullable: true })
  lotId!: number | null;

  /** First sample that showed it, plant time. */
  @EpochMsColumn({ name: 'started_at' })
  startedAt!: number;

  /** When it was certain enough to be reported, plant time. */
  @EpochMsColumn({ name: 'detected_at' })
  detectedAt!: number;

  /** Last sample that showed it, plant time. */
  @EpochMsColumn({ name: 'last_sign_at' })
  lastSignAt!: number;

  /** As `lastSignAt`, once it is over. */
  @EpochMsColumn({ name: 'ended_at', nullable: true })
  endedAt!: number | null;

  @EpochMsColumn({ name: 'peak_at' })
  peakAt!: number;

  /** Largest statistic of the primary detector over its limit. */
  @Column({ name: 'peak_ratio', type: 'double' })
  peakRatio!: number;

  /** The loudest first. */
  @JsonColumn({ name: 'first_tags' })
  firstTags!: FirstTag[];
}
