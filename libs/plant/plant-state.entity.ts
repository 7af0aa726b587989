import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TepSnapshot } from '#tep';
import { EpochMsColumn, JsonColumn, ReferenceColumn } from '#platform';
import type { ActiveDisturbance, PlantTrip, SimulatedPlantState } from './simulated-plant.js';

/** The one row of the live plant: what its next keeper continues from, and what the API shows. */
@Entity('plant_state')
export class PlantState implements Omit<SimulatedPlantState, 'snapshot'> {
  @PrimaryColumn({ type: 'int' })
  id!: number;

  @EpochMsColumn({ name: 'first_ms' })
  firstMs!: number;

  @EpochMsColumn({ name: 'origin_ms' })
  originMs!: number;

  @EpochMsColumn({ name: 'time_ms' })
  timeMs!: number;

  @EpochMsColumn()
  seed!: number;

  @Column({ type: 'int' })
  reseeds!: number;

  @JsonColumn()
  disturbances!: ActiveDisturbance[];

  @JsonColumn({ nullable: true })
  trip!: PlantTrip | null;

  /** Four kilobytes; read only by whoever continues the plant. */
  @JsonColumn({ select: false })
  snapshot?: TepSnapshot;

  /** False until the history before the first start is stored. */
  @Column({ type: 'boolean' })
  live!: boolean;

  /** Plant seconds a wall second, as wanted. */
  @Column({ type: 'double' })
  speed!: number;

  /** Plant seconds a wall second, as reached. */
  @Column({ name: 'actual_speed', type: 'double' })
  actualSpeed!: number;

  @Column({ type: 'boolean' })
  paused!: boolean;

  /** The lot the plant opened last. */
  @ReferenceColumn({ name: 'lot_id', nullable: true })
  lotId!: number | null;

  /** Plant time at which the next lot begins. */
  @EpochMsColumn({ name: 'lot_due_ms' })
  lotDueMs!: number;

  /** Records written since the series began. */
  @ReferenceColumn()
  records!: number;

  /** Wall time of the last report. */
  @EpochMsColumn({ name: 'reported_at' })
  reportedAt!: number;
}
