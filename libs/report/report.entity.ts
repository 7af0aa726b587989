import { Column, Entity } from 'typeorm';
import { BytesColumn, EpochMsColumn, IdColumn, JobRow, ReferenceColumn } from '#platform';
import type { ReportLang, ReportType } from './gathering/content.js';

/** A report somebody asked for. */
@Entity('report')
export class Report extends JobRow {
  @Column({ type: 'varchar', length: 20 })
  type!: ReportType;

  @Column({ type: 'varchar', length: 5 })
  lang!: ReportLang;

  /** The period it is about, plant time. */
  @EpochMsColumn({ name: 'period_from' })
  periodFrom!: number;

  @EpochMsColumn({ name: 'period_to' })
  periodTo!: number;

  /** Whose days and clocks it speaks of: an IANA name, or a fixed offset. */
  @Column({ name: 'time_zone', type: 'varchar', length: 64 })
  timeZone!: string;

  @ReferenceColumn({ name: 'lot_id', nullable: true })
  lotId!: number | null;

  @ReferenceColumn({ name: 'equipment_id', nullable: true })
  equipmentId!: number | null;

  @ReferenceColumn({ name: 'anomaly_id', nullable: true })
  anomalyId!: number | null;

  @Column({ type: 'varchar', length: 200, nullable: true })
  filename!: string | null;

  @Column({ type: 'int', nullable: true })
  pages!: number | null;

  @ReferenceColumn({ name: 'file_id', nullable: true })
  fileId!: number | null;
}

/** The bytes of a printed report, apart from its row so that lists stay light. */
@Entity('report_file')
export class ReportFile {
  @IdColumn()
  id!: number;

  @Column({ type: 'varchar', length: 64 })
  sha256!: string;

  @Column({ type: 'int' })
  size!: number;

  @BytesColumn()
  content!: Buffer;

  @EpochMsColumn({ name: 'created_at' })
  createdAt!: number;
}
