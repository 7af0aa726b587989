import type { AlarmPriority } from '#equipment';
import { Column, Entity } from 'typeorm';
import { EpochMsColumn, IdColumn, JsonColumn, ReferenceColumn } from '#platform';
import type { AlarmLimit } from '#timeseries';

export const ALARM_KINDS = ['limit', 'incident'] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

/** Who did something about an alarm, when by both clocks, and what they said to it. */
export interface OperatorNote {
  by: string;
  wallAt: number;
  /** null of an acknowledgement from before plant time was noted. */
  plantAt: number | null;
  comment: string;
}

/** What can warn people, whether or not it does: each limit of a tag is one, and so is each incident. */
@Entity('alarm')
export class Alarm {
  @IdColumn()
  id!: number;

  @Column({ type: 'varchar', length: 10 })
  kind!: AlarmKind;

  @ReferenceColumn({ name: 'tag_id', nullable: true })
  tagId!: number | null;

  @Column({ name: 'limit_name', type: 'varchar', length: 2, nullable: true })
  limitName!: AlarmLimit | null;

  /** No longer there when the incident has been taken back. */
  @ReferenceColumn({ name: 'incident_id', nullable: true })
  incidentId!: number | null;

  @ReferenceColumn({ name: 'equipment_id', nullable: true })
  equipmentId!: number | null;

  @Column({ type: 'varchar', length: 20 })
  priority!: AlarmPriority;

  @Column({ type: 'boolean' })
  active!: boolean;

  /** Plant time; null while it is not active. */
  @EpochMsColumn({ name: 'active_since', nullable: true })
  activeSince!: number | null;

  /** Plant time of the last transition; 0 before the first. */
  @EpochMsColumn({ name: 'changed_at' })
  changedAt!: number;

  /** Of the tag, when the alarm last began or ended. */
  @Column({ type: 'double', nullable: true })
  value!: number | null;

  @Column({ name: 'limit_value', type: 'double', nullable: true })
  limitValue!: number | null;

  @Column({ type: 'boolean' })
  unacknowledged!: boolean;

  /** The last one. */
  @JsonColumn({ nullable: true })
  acknowledgement!: OperatorNote | null;

  @EpochMsColumn({ name: 'shelved_until', nullable: true })
  shelvedUntil!: number | null;

  @EpochMsColumn({ name: 'shelved_until_wall', nullable: true })
  shelvedUntilWall!: number | null;

  /** Who shelved it; null while it is on no shelf. */
  @JsonColumn({ nullable: true })
  shelf!: OperatorNote | null;

  @Column({ type: 'boolean' })
  suppressed!: boolean;

  @Column({ name: 'out_of_service', type: 'boolean' })
  outOfService!: boolean;

  @JsonColumn({ name: 'out_of_service_note', nullable: true })
  outOfServiceNote!: OperatorNote | null;
}
