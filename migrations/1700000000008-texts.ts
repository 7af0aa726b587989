import type { MigrationInterface, QueryRunner } from 'typeorm';
import { loggerOf } from '#platform';
import { mendedText, textLength, textStart } from '#text';

const ROWS_PER_BATCH = 500;
const LOT_NO_LENGTH = 60;

/** A column people write into. */
interface TextColumn {
  name: string;
  length: number;
  lineBreaks?: boolean;
  /** The column that stands in where nothing is left of a text that may not be empty. */
  neverEmpty?: string;
}

interface TextTable {
  table: string;
  columns: TextColumn[];
  /** Whether its rows count their changes, for `If-Match`. */
  versioned: boolean;
}

const TABLES: TextTable[] = [
  {
    table: 'equipment',
    columns: [
      { name: 'name', length: 120, neverEmpty: 'code' },
      { name: 'name_ko', length: 120 },
      { name: 'description', length: 1_000 },
    ],
    versioned: true,
  },
  {
    table: 'lot',
    columns: [
      { name: 'grade', length: 40 },
      { name: 'note', length: 1_000, lineBreaks: true },
    ],
    versioned: true,
  },
  { table: 'anomaly', columns: [{ name: 'comment', length: 2_000, lineBreaks: true }], versioned: false },
];

/** A row with its texts; null where there is none. */
type TextRow = { id: string | number } & Record<string, unknown>;

/**
 * Brings the texts that were stored before there was one rule for them to it: composed, trimmed, without control characters. On
 * SQLite what stood behind a U+0000 was kept but never shown; it comes to light. Two lots that get the same number are both kept:
 * the younger one gets `-2` behind it, or the next number that is free, and the log says so.
 *
 * It goes by id in batches and changes only what is not as it should be, so it may be begun again wherever it was interrupted.
 */
export class Texts1700000000008 implements MigrationInterface {
  private readonly logger = loggerOf('database');

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const texts of TABLES) await this.mendTexts(queryRunner, texts);
    await this.mendLotNumbers(queryRunner);
  }

  /** What the texts were is not kept. */
  down(): Promise<void> {
    return Promise.resolve();
  }

  private async mendTexts(queryRunner: QueryRunner, { table, columns, versioned }: TextTable): Promise<void> {
    const standIns = columns.flatMap(({ neverEmpty }) => neverEmpty ?? []);
    const names = columns.map(({ name }) => name);
    const given = names.map((name) => `${name} IS NOT NULL`).join(' OR ');
    let mended = 0;
    for await (const row of rowsOf(queryRunner, table, [...names, ...standIns], given)) {
      const changed = columns.flatMap((column) => {
        const stored = row[column.name];
        if (typeof stored !== 'string') return [];
        const text = textStart(mendedText(stored, column), column.length);
        const value = text === '' && column.neverEmpty !== undefined ? row[column.neverEmpty] : text;
        return value === stored ? [] : [{ name: column.name, value }];
      });
      if (changed.length === 0) continue;
      const version = versioned ? ', version = version + 1' : '';
      await queryRunner.query(
        `UPDATE ${table} SET ${changed.map(({ name }) => `${name} = ?`).join(', ')}${version} WHERE id = ?`,
        [...changed.map(({ value }) => value), row.id],
      );
      mended++;
    }
    if (mended > 0)
      this.logger.info({ table, rows: mended }, 'texts composed, trimmed and rid of control characters');
  }

  private async mendLotNumbers(queryRunner: QueryRunner): Promise<void> {
    const setApart = new Set<number>();
    let mended = 0;
    for await (const row of rowsOf(queryRunner, 'lot', ['lot_no'], 'lot_no IS NOT NULL')) {
      const id = Number(row.id);
      const wanted = textStart(mendedText(String(row.lot_no)), LOT_NO_LENGTH);
      if (wanted === row.lot_no || setApart.has(id)) continue;
      const other = await idOfLot(queryRunner, wanted, id);
      if (other !== undefined) {
        const younger = Math.max(id, other);
        await this.setApart(queryRunner, { id: younger, lotNo: wanted, olderId: Math.min(id, other) });
        setApart.add(younger);
        if (younger === id) continue;
      }
      await renameLot(queryRunner, id, wanted);
      mended++;
    }
    if (mended > 0) this.logger.info({ lots: mended }, 'lot numbers composed and trimmed');
  }

  /** Gives the younger of two lots of one number a number of its own. */
  private async setApart(
    queryRunner: QueryRunner,
    { id, lotNo, olderId }: { id: number; lotNo: string; olderId: number },
  ): Promise<void> {
    for (let count = 2; ; count++) {
      const suffix = `-${count}`;
      const free = `${textStart(lotNo, LOT_NO_LENGTH - textLength(suffix))}${suffix}`;
      if ((await idOfLot(queryRunner, free, id)) !== undefined) continue;
      this.logger.warn(
        { lot_no: lotNo, lot_id: olderId, younger_lot_id: id, younger_lot_no: free },
        'two lots have the same number once it is composed and trimmed: the younger one gets another',
      );
      return renameLot(queryRunner, id, free);
    }
  }
}

/** Rows by id, a batch at a time. */
async function* rowsOf(
  queryRunner: QueryRunner,
  table: string,
  columns: string[],
  condition: string,
): AsyncGenerator<TextRow> {
  const mysql = queryRunner.connection.options.type === 'mysql';
  // As text, SQLite's driver reads up to the first U+0000.
  const read = columns.map((name) => (mysql ? name : `CAST(${name} AS BLOB) AS ${name}`)).join(', ');
  for (let last: number | string = 0; ;) {
    const rows = (await queryRunner.query(
      `SELECT id, ${read} FROM ${table} WHERE id > ? AND (${condition}) ORDER BY id LIMIT ${ROWS_PER_BATCH}`,
      [last],
    )) as TextRow[];
    for (const row of rows)
      yield Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)])) as TextRow;
    if (rows.length < ROWS_PER_BATCH) return;
    last = rows[rows.length - 1].id;
  }
}

function textOf(value: unknown): unknown {
  return value instanceof ArrayBuffer ? Buffer.from(value).toString('utf8') : value;
}

/** Another lot of that number. MySQL takes blanks at the end for nothing, and finds what it would not store beside it. */
async function idOfLot(
  queryRunner: QueryRunner,
  lotNo: string,
  exceptId: number,
): Promise<number | undefined> {
  const rows = (await queryRunner.query('SELECT id FROM lot WHERE lot_no = ? AND id <> ? LIMIT 1', [
    lotNo,
    exceptId,
  ])) as { id: string | number }[];
  return rows.length > 0 ? Number(rows[0].id) : undefined;
}

async function renameLot(queryRunner: QueryRunner, id: number, lotNo: string): Promise<void> {
  await queryRunner.query('UPDATE lot SET lot_no = ?, version = version + 1 WHERE id = ?', [lotNo, id]);
}
