import type { ModelGate, RowsByPurpose } from '#ml';
import { Column, Entity } from 'typeorm';
import { EpochMsColumn, JobRow, JsonColumn } from '#platform';
import type { RunFaults } from './complete-runs.js';
import type { TimeSpan } from './time-spans.js';

export const TRAINING_SOURCES = ['history', 'simulated'] as const;
export type TrainingSource = (typeof TRAINING_SOURCES)[number];

export const TRAINING_PHASES = ['waiting', 'reading', 'simulating', 'fitting', 'writing', 'done'] as const;
export type TrainingPhase = (typeof TRAINING_PHASES)[number];

/** The normal operation that was asked to be learnt from. */
export interface TrainingHistoryRequest {
  lotIds: number[];
  /** Windows of the lots and those given, joined. */
  windows: TimeSpan[];
  keepAnomalous: boolean;
}

/** What was left out of the windows, and why. */
export interface LeftOut extends RunFaults {
  anomalies: number;
  anomalous_hours: number;
  /** Of stretches too short to make a run. */
  short_stretch_samples: number;
}

/** What came of a training. */
export interface TrainingResult {
  version: string;
  gates: readonly ModelGate[];
  gatesPassed: boolean;
  /** Whether it was put into use. */
  activated: boolean;
  /** Of a training from history. */
  samples: RowsByPurpose | null;
  leftOut: LeftOut | null;
}

/** A training somebody asked for. */
@Entity('model_training')
export class ModelTraining extends JobRow {
  @Column({ name: 'model_name', type: 'varchar', length: 60 })
  modelName!: string;

  @Column({ type: 'varchar', length: 20 })
  source!: TrainingSource;

  /** Null when it learns from simulated runs. */
  @JsonColumn({ nullable: true })
  history!: TrainingHistoryRequest | null;

  @EpochMsColumn()
  seed!: number;

  @Column({ type: 'boolean' })
  quick!: boolean;

  @Column({ type: 'boolean' })
  activate!: boolean;

  @Column({ type: 'varchar', length: 20 })
  phase!: TrainingPhase;

  /** 1 while it is unfinished, null afterwards; unique, so that there is one at a time. */
  @Column({ type: 'int', nullable: true })
  slot!: number | null;

  @Column({ name: 'model_version', type: 'varchar', length: 40, nullable: true })
  modelVersion!: string | null;

  @JsonColumn({ nullable: true })
  result!: TrainingResult | null;
}
