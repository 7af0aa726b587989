import { Column, Entity } from 'typeorm';
import { EpochMsColumn, IdColumn } from '#platform';

/** A unit of the plant that has a health of its own, e.g. the reactor. */
@Entity('equipment')
export class Equipment {
  @IdColumn()
  id!: number;

  /** Unique, e.g. REACTOR; `eq_id` on the wire. */
  @Column({ type: 'varchar', length: 40 })
  code!: string;

  @Column({ type: 'varchar', length: 120 })
  name!: string;

  @Column({ name: 'name_ko', type: 'varchar', length: 120, nullable: true })
  nameKo!: string | null;

  @Column({ type: 'varchar', length: 40 })
  kind!: string;

  /** Place along the flowsheet, upstream first. */
  @Column({ type: 'int' })
  position!: number;

  @Column({ type: 'varchar', length: 1000, nullable: true })
  description!: string | null;

  /** Counts the changes; the ETag of optimistic updates. */
  @Column({ type: 'int' })
  version!: number;

  @EpochMsColumn({ name: 'created_at' })
  createdAt!: number;

  @EpochMsColumn({ name: 'updated_at' })
  updatedAt!: number;
}
