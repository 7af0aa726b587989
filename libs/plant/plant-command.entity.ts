import { Column, Entity } from 'typeorm';
import { EpochMsColumn, IdColumn, JsonColumn } from '#platform';
import type { PlantCommand, PlantOutcome } from './plant-command.js';

/** A command on its way to whichever process keeps the plant. */
@Entity('plant_command')
export class PlantCommandRow {
  @IdColumn()
  id!: number;

  @Column({ type: 'varchar', length: 20 })
  kind!: PlantCommand['kind'];

  @JsonColumn()
  body!: PlantCommand;

  @Column({ name: 'requested_by', type: 'varchar', length: 60 })
  requestedBy!: string;

  @EpochMsColumn({ name: 'requested_at' })
  requestedAt!: number;

  /** Null until the plant has handled it. */
  @Column({ type: 'varchar', length: 40, nullable: true })
  outcome!: PlantOutcome | null;
}
