import type { PlantPrediction } from '#ml';
import { Column, Entity } from 'typeorm';
import { EpochMsColumn, JobRow, JsonColumn, ReferenceColumn } from '#platform';

/** A prediction somebody asked for. */
@Entity('prediction')
export class Prediction extends JobRow {
  @ReferenceColumn({ name: 'equipment_id', nullable: true })
  equipmentId!: number | null;

  @ReferenceColumn({ name: 'lot_id', nullable: true })
  lotId!: number | null;

  /** Plant time of the last sample the models may see. */
  @EpochMsColumn()
  at!: number;

  @Column({ name: 'horizon_steps', type: 'int' })
  horizonSteps!: number;

  /** The model asked for; null for those in use. */
  @Column({ name: 'model_name', type: 'varchar', length: 60, nullable: true })
  modelName!: string | null;

  @Column({ name: 'model_version', type: 'varchar', length: 40, nullable: true })
  modelVersion!: string | null;

  @Column({ name: 'fault_probability', type: 'double', nullable: true })
  faultProbability!: number | null;

  @JsonColumn({ nullable: true })
  result!: PlantPrediction | null;
}
