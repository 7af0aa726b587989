import { Column, Entity } from 'typeorm';
import { EpochMsColumn, IdColumn, JsonColumn, ReferenceColumn } from '#platform';
import type { TagSettings } from './sensor-tag.entity.js';

/** Somebody has changed what is decided about a tag. Rows are never changed or removed. */
@Entity('tag_change')
export class TagChange {
  @IdColumn()
  id!: number;

  @ReferenceColumn({ name: 'tag_id' })
  tagId!: number;

  /** Wall time. */
  @EpochMsColumn({ name: 'changed_at' })
  changedAt!: number;

  /** Name of the key, or `local`. */
  @Column({ name: 'changed_by', type: 'varchar', length: 120 })
  changedBy!: string;

  @JsonColumn({ name: 'settings_before' })
  before!: TagSettings;

  @JsonColumn({ name: 'settings_after' })
  after!: TagSettings;
}
