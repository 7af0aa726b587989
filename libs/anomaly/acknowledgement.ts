import { Column } from 'typeorm';
import { EpochMsColumn } from '#platform';

/** What somebody can see to: who has, when by both clocks, and what they said to it; all null until then. */
export abstract class Acknowledgeable {
  /** Wall time. */
  @EpochMsColumn({ name: 'acknowledged_at', nullable: true })
  acknowledgedAt!: number | null;

  /** Plant time; null of one acknowledged before it was noted. */
  @EpochMsColumn({ name: 'acknowledged_plant_at', nullable: true })
  acknowledgedPlantAt!: number | null;

  @Column({ name: 'acknowledged_by', type: 'varchar', length: 120, nullable: true })
  acknowledgedBy!: string | null;

  @Column({ type: 'varchar', length: 2000, nullable: true })
  comment!: string | null;
}

/** Who has seen to something, when, and what they say to it. */
export type Acknowledgement = Pick<Acknowledgeable, keyof Acknowledgeable>;

export const NOT_ACKNOWLEDGED: Acknowledgement = {
  acknowledgedAt: null,
  acknowledgedPlantAt: null,
  acknowledgedBy: null,
  comment: null,
};

/** The acknowledgement alone of what has been acknowledged. */
export function acknowledgementOf({
  acknowledgedAt,
  acknowledgedPlantAt,
  acknowledgedBy,
  comment,
}: Acknowledgement): Acknowledgement {
  return { acknowledgedAt, acknowledgedPlantAt, acknowledgedBy, comment };
}
