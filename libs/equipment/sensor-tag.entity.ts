import { Column, Entity } from 'typeorm';
import { EpochMsColumn, IdColumn, ReferenceColumn } from '#platform';

/** One measured or manipulated variable of an equipment. */
@Entity('sensor_tag')
export class SensorTag {
  @IdColumn()
  id!: number;

  /** Unique, e.g. XMEAS_07. */
  @Column({ type: 'varchar', length: 40 })
  code!: string;

  @ReferenceColumn({ name: 'equipment_id' })
  equipmentId!: number;

  @Column({ type: 'varchar', length: 120 })
  name!: string;

  @Column({ name: 'name_ko', type: 'varchar', length: 120, nullable: true })
  nameKo!: string | null;

  @Column({ type: 'varchar', length: 30 })
  unit!: string;

  @Column({ type: 'varchar', length: 20 })
  role!: string;

  @EpochMsColumn({ name: 'sampling_interval_ms' })
  samplingIntervalMs!: number;

  @Column({ name: 'range_low', type: 'double' })
  rangeLow!: number;

  @Column({ name: 'range_high', type: 'double' })
  rangeHigh!: number;

  @Column({ name: 'limit_ll', type: 'double', nullable: true })
  limitLl!: number | null;

  @Column({ name: 'limit_l', type: 'double', nullable: true })
  limitL!: number | null;

  @Column({ name: 'limit_h', type: 'double', nullable: true })
  limitH!: number | null;

  @Column({ name: 'limit_hh', type: 'double', nullable: true })
  limitHh!: number | null;

  @Column({ type: 'double' })
  deadband!: number;

  /** Place in the plant's list of tags: XMEAS 1–41, then XMV 1–12. */
  @Column({ type: 'int' })
  position!: number;
}
