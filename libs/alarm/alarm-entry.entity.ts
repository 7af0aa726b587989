import type { AlarmPriority } from '#equipment';
import { Column, Entity } from 'typeorm';
import { EpochMsColumn, IdColumn, ReferenceColumn } from '#platform';
import { ALARM_TRANSITIONS, type AlarmState } from './alarm-machine.js';

/** Transitions, comments, and corrections of transitions that late samples have shown to be none. */
export const ALARM_ENTRY_EVENTS = [...ALARM_TRANSITIONS, 'commented', 'retracted'] as const;
export type AlarmEntryEvent = (typeof ALARM_ENTRY_EVENTS)[number];

/**
 * Why: a sample; a limit that was taken away; an incident; a person; a shelf that ran out; another alarm of the tag that says
 * the same; samples that came late or overwrote others.
 */
export const ALARM_CAUSES = [
  'sample',
  'settings',
  'incident',
  'person',
  'expiry',
  'graver_alarm',
  'late_samples',
] as const;
export type AlarmCause = (typeof ALARM_CAUSES)[number];

/** One line of the journal. Rows are never changed or removed. */
@Entity('alarm_journal')
export class AlarmEntry {
  @IdColumn()
  id!: number;

  @ReferenceColumn({ name: 'alarm_id' })
  alarmId!: number;

  @Column({ type: 'varchar', length: 24 })
  event!: AlarmEntryEvent;

  @Column({ type: 'varchar', length: 24 })
  cause!: AlarmCause;

  @EpochMsColumn({ name: 'plant_at' })
  plantAt!: number;

  /** When it was written, or said. */
  @EpochMsColumn({ name: 'wall_at' })
  wallAt!: number;

  /** Name of the key, or `local`; null where nobody did it. */
  @Column({ name: 'by_whom', type: 'varchar', length: 120, nullable: true })
  byWhom!: string | null;

  @Column({ type: 'varchar', length: 2000, nullable: true })
  comment!: string | null;

  /** After it. */
  @Column({ type: 'varchar', length: 24 })
  state!: AlarmState;

  @Column({ type: 'varchar', length: 20 })
  priority!: AlarmPriority;

  /** Whether people were shown it: of an alarm that began, that nothing suppressed it. */
  @Column({ type: 'boolean' })
  annunciated!: boolean;

  /** Of one that ended: when it had begun, plant time. */
  @EpochMsColumn({ nullable: true })
  since!: number | null;

  /** Of a shelf: when it ends, plant time. */
  @EpochMsColumn({ nullable: true })
  until!: number | null;

  @Column({ type: 'double', nullable: true })
  value!: number | null;

  @Column({ name: 'limit_value', type: 'double', nullable: true })
  limitValue!: number | null;

  /** Of a retraction: the entry that never was. */
  @ReferenceColumn({ nullable: true })
  corrects!: number | null;
}
