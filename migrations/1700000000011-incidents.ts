import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, addIndex, columnTypes, createTable } from './schema.js';

/** The detector whose episodes become incidents, and the rule of this version: less than two quiet hours between. */
const PRIMARY_DETECTOR = 'innovation_bank';
const HOLD_MS = 2 * 3_600_000;
/** Episodes of other detectors that began earlier before an incident are no part of it. */
const LONGEST_LEAD_MS = 24 * 3_600_000;
const PAGE = 500;
const NAMED_TAGS = 5;
const SEVERITIES = ['low', 'medium', 'high', 'critical'];

type Row = Record<'id' | 'started_at' | 'detected_at' | 'peak_at', string | number> &
  Record<'ended_at' | 'equipment_id' | 'lot_id', string | number | null> & {
    severity: string;
    peak_score: number;
    threshold: number;
    contributions: string;
  };

/** An incident while it is put together from episodes of the primary detector. */
interface Grouped {
  startedAt: number;
  detectedAt: number;
  /** Infinity while its last episode is open. */
  lastSignAt: number;
  peakAt: number;
  peakRatio: number;
  severity: number;
  equipmentId: number | null;
  lotId: number | null;
  firstTags: unknown[];
}

/**
 * One event is one incident: the table, the diagnoses of incidents, and which incident an anomaly belongs to. What was found
 * before is grouped here; begun again, it is grouped anew, for nobody has seen it yet.
 */
export class Incidents1700000000011 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const type = columnTypes(queryRunner);
    await createTable(
      queryRunner,
      'incident',
      [
        type.id(),
        type.text('state', 20),
        type.text('severity', 20),
        type.text('opened_by', 20),
        type.bigint('equipment_id', { isNullable: true }),
        type.bigint('lot_id', { isNullable: true }),
        type.bigint('started_at'),
        type.bigint('detected_at'),
        type.bigint('last_sign_at'),
        type.bigint('ended_at', { isNullable: true }),
        type.bigint('peak_at'),
        type.double('peak_ratio'),
        type.longText('first_tags'),
        type.bigint('acknowledged_at', { isNullable: true }),
        type.bigint('acknowledged_plant_at', { isNullable: true }),
        type.text('acknowledged_by', 120, { isNullable: true }),
        type.text('comment', 2000, { isNullable: true }),
      ],
      {
        indices: [
          { columnNames: ['started_at', 'id'] },
          { columnNames: ['detected_at'] },
          { columnNames: ['equipment_id', 'started_at'] },
          { columnNames: ['state'] },
        ],
        references: [
          { column: 'equipment_id', table: 'equipment' },
          { column: 'lot_id', table: 'lot' },
        ],
      },
    );
    await createTable(
      queryRunner,
      'incident_diagnosis',
      [
        type.bigint('incident_id', { isPrimary: true }),
        type.bigint('at', { isPrimary: true }),
        type.bigint('made_at', { isNullable: true }),
        type.text('refusal', 60, { isNullable: true }),
        type.text('model', 100, { isNullable: true }),
        type.double('fault_probability', { isNullable: true }),
        type.longText('causes', { isNullable: true }),
        type.longText('important_tags', { isNullable: true }),
      ],
      {
        indices: [{ columnNames: ['made_at', 'at'] }],
        references: [{ column: 'incident_id', table: 'incident', onDelete: 'CASCADE' }],
      },
    );
    await addColumns(queryRunner, 'anomaly', [type.bigint('incident_id', { isNullable: true })]);
    await addIndex(queryRunner, 'anomaly', ['incident_id']);
    await this.group(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      queryRunner.connection.options.type === 'mysql'
        ? 'DROP INDEX ix_anomaly_incident_id ON anomaly'
        : 'DROP INDEX ix_anomaly_incident_id',
    );
    await queryRunner.query('ALTER TABLE anomaly DROP COLUMN incident_id');
    for (const table of ['incident_diagnosis', 'incident']) await queryRunner.dropTable(table);
  }

  private async group(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('UPDATE anomaly SET incident_id = NULL WHERE incident_id IS NOT NULL');
    await queryRunner.query('DELETE FROM incident');
    const [{ scored }] = (await queryRunner.query(
      'SELECT MAX(position_ts) AS scored FROM scorer_checkpoint',
    )) as { scored: string | number | null }[];
    const now = Number(scored ?? 0);
    let grouped: Grouped | undefined;
    for (let after: Row | undefined; ;) {
      const page = await this.episodesAfter(queryRunner, after);
      for (const row of page) {
        const joined: Grouped | undefined = grouped && joinedBy(grouped, row);
        if (grouped && !joined) await this.write(queryRunner, grouped, now);
        grouped = joined ?? begunBy(row);
      }
      after = page.at(-1);
      if (page.length < PAGE) break;
    }
    if (grouped) await this.write(queryRunner, grouped, now);
  }

  private episodesAfter(queryRunner: QueryRunner, after: Row | undefined): Promise<Row[]> {
    const [startedAt, id] = [Number(after?.started_at ?? 0), Number(after?.id ?? 0)];
    return queryRunner.query(
      `SELECT id, started_at, detected_at, ended_at, peak_at, peak_score, threshold, severity, equipment_id, lot_id, contributions
       FROM anomaly WHERE detector = ? AND (started_at > ? OR (started_at = ? AND id > ?))
       ORDER BY started_at, id LIMIT ${PAGE}`,
      [PRIMARY_DETECTOR, startedAt, startedAt, id],
    ) as Promise<Row[]>;
  }

  /** What is still open, or was until less than the hold time ago, is for the scorer to go on with. */
  private async write(queryRunner: QueryRunner, grouped: Grouped, now: number): Promise<void> {
    const lastSignAt = Math.min(grouped.lastSignAt, Math.max(now, grouped.peakAt, grouped.detectedAt));
    const isOpen = now - lastSignAt < HOLD_MS;
    await queryRunner.query(
      `INSERT INTO incident (state, severity, opened_by, equipment_id, lot_id, started_at, detected_at, last_sign_at, ended_at,
         peak_at, peak_ratio, first_tags) VALUES (?, ?, 'detector', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        isOpen ? 'open' : 'closed',
        SEVERITIES[grouped.severity],
        grouped.equipmentId,
        grouped.lotId,
        grouped.startedAt,
        grouped.detectedAt,
        lastSignAt,
        isOpen ? null : lastSignAt,
        grouped.peakAt,
        grouped.peakRatio,
        JSON.stringify(grouped.firstTags),
      ],
    );
    const [{ id }] = (await queryRunner.query('SELECT MAX(id) AS id FROM incident')) as {
      id: string | number;
    }[];
    await queryRunner.query(
      `UPDATE anomaly SET incident_id = ?
       WHERE incident_id IS NULL AND started_at BETWEEN ? AND ? AND (ended_at IS NULL OR ended_at >= ?)`,
      [Number(id), grouped.startedAt - LONGEST_LEAD_MS, lastSignAt, grouped.startedAt],
    );
    await this.acknowledge(queryRunner, Number(id));
  }

  /** An incident all of whose anomalies somebody has acknowledged is acknowledged, as the last of them was. */
  private async acknowledge(queryRunner: QueryRunner, id: number): Promise<void> {
    const [newest] = (await queryRunner.query(
      `SELECT acknowledged_at, acknowledged_by, comment FROM anomaly
       WHERE incident_id = ? ORDER BY CASE WHEN acknowledged_at IS NULL THEN 0 ELSE 1 END, acknowledged_at DESC LIMIT 1`,
      [id],
    )) as Record<'acknowledged_at' | 'acknowledged_by' | 'comment', string | number | null>[];
    if (!newest || newest.acknowledged_at === null) return;
    await queryRunner.query(
      'UPDATE incident SET acknowledged_at = ?, acknowledged_by = ?, comment = ? WHERE id = ?',
      [newest.acknowledged_at, newest.acknowledged_by, newest.comment, id],
    );
  }
}

function begunBy(row: Row): Grouped {
  return {
    startedAt: Number(row.started_at),
    detectedAt: Number(row.detected_at),
    lastSignAt: row.ended_at === null ? Infinity : Number(row.ended_at),
    peakAt: Number(row.peak_at),
    peakRatio: ratioOf(row),
    severity: SEVERITIES.indexOf(row.severity),
    equipmentId: row.equipment_id === null ? null : Number(row.equipment_id),
    lotId: row.lot_id === null ? null : Number(row.lot_id),
    firstTags: (JSON.parse(row.contributions) as unknown[]).slice(0, NAMED_TAGS),
  };
}

/** The incident with one more episode; undefined when that begins too late to belong to it. */
function joinedBy(grouped: Grouped, row: Row): Grouped | undefined {
  if (Number(row.started_at) - grouped.lastSignAt >= HOLD_MS) return undefined;
  const endedAt = row.ended_at === null ? Infinity : Number(row.ended_at);
  const peaks = ratioOf(row) > grouped.peakRatio;
  return {
    ...grouped,
    lastSignAt: Math.max(grouped.lastSignAt, endedAt),
    peakAt: peaks ? Number(row.peak_at) : grouped.peakAt,
    peakRatio: peaks ? ratioOf(row) : grouped.peakRatio,
    severity: Math.max(grouped.severity, SEVERITIES.indexOf(row.severity)),
  };
}

function ratioOf({ peak_score: score, threshold }: Row): number {
  return threshold > 0 ? score / threshold : 0;
}
