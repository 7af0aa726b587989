import { Column, Entity } from 'typeorm';
import { EpochMsColumn, IdColumn, ReferenceColumn } from '#platform';

export const ALARM_PRIORITIES = ['low', 'medium', 'high', 'critical'] as const;
export type AlarmPriority = (typeof ALARM_PRIORITIES)[number];

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

  /** How long a value must be beyond a limit before its alarm begins (ISA-18.2). */
  @EpochMsColumn({ name: 'on_delay_ms' })
  onDelayMs!: number;

  /** How long a value must be back inside before its alarm ends. */
  @EpochMsColumn({ name: 'off_delay_ms' })
  offDelayMs!: number;

  /** How urgent its alarms are. */
  @Column({ type: 'varchar', length: 20 })
  priority!: AlarmPriority;

  /** Place in the plant's list of tags: XMEAS 1–41, then XMV 1–12. */
  @Column({ type: 'int' })
  position!: number;
}

/** What the plant's people decide about a tag. A start never overwrites it. */
export const TAG_SETTINGS = [
  'name',
  'nameKo',
  'limitLl',
  'limitL',
  'limitH',
  'limitHh',
  'deadband',
  'onDelayMs',
  'offDelayMs',
  'priority',
] as const satisfies (keyof SensorTag)[];
export type TagSettings = Pick<SensorTag, (typeof TAG_SETTINGS)[number]>;
