import { Column, Entity } from 'typeorm';
import { EpochMsColumn, IdColumn } from '#platform';

/** `loading` while a file is being read into it, `open` while it runs, `closed` when its end is known. */
export const LOT_STATUSES = ['loading', 'open', 'closed'] as const;
export type LotStatus = (typeof LOT_STATUSES)[number];

/** A half-open window of plant time, `[startedAt, endedAt)`; lots never overlap. */
@Entity('lot')
export class Lot {
  @IdColumn()
  id!: number;

  /** Unique, given by people. */
  @Column({ name: 'lot_no', type: 'varchar', length: 60 })
  lotNo!: string;

  @Column({ type: 'varchar', length: 40, nullable: true })
  grade!: string | null;

  @Column({ type: 'varchar', length: 20 })
  status!: LotStatus;

  @EpochMsColumn({ name: 'started_at' })
  startedAt!: number;

  /** Null while the lot is open. */
  @EpochMsColumn({ name: 'ended_at', nullable: true })
  endedAt!: number | null;

  /** The disturbance the lot was made with: 0 for none, null when nobody knows. */
  @Column({ name: 'known_fault', type: 'int', nullable: true })
  knownFault!: number | null;

  @Column({ type: 'varchar', length: 1000, nullable: true })
  note!: string | null;

  /** Counts the changes; the ETag of optimistic updates. */
  @Column({ type: 'int' })
  version!: number;

  @EpochMsColumn({ name: 'created_at' })
  createdAt!: number;

  @EpochMsColumn({ name: 'updated_at' })
  updatedAt!: number;
}
