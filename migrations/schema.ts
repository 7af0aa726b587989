import { type QueryRunner, Table, type TableColumnOptions, type TableIndexOptions } from 'typeorm';

type Column = Omit<TableColumnOptions, 'name' | 'type'>;
type ColumnOf = (name: string, options?: Column) => TableColumnOptions;

/** The column types of the schema, spelled for the database at hand. */
export interface ColumnTypes {
  /** Numeric id given by the database. */
  id: () => TableColumnOptions;
  /** Epoch milliseconds, references and other large integers. */
  bigint: ColumnOf;
  int: ColumnOf;
  double: ColumnOf;
  boolean: ColumnOf;
  text: (name: string, length: number, options?: Column) => TableColumnOptions;
  /** JSON or prose of any length. */
  longText: ColumnOf;
  bytes: ColumnOf;
}

/**
 * Binary collation: codes, ids and keys compare code point by code point on both databases, but for blanks at the end, which MySQL
 * and MariaDB take for nothing. So no text that comes in has any (libs/text).
 */
const MYSQL_COLLATION = 'utf8mb4_bin';

export function columnTypes(queryRunner: QueryRunner): ColumnTypes {
  const mysql = queryRunner.connection.options.type === 'mysql';
  const text = mysql ? { charset: 'utf8mb4', collation: MYSQL_COLLATION } : {};
  return {
    id: () => ({
      name: 'id',
      type: mysql ? 'bigint' : 'integer',
      isPrimary: true,
      isGenerated: true,
      generationStrategy: 'increment',
    }),
    bigint: (name, options) => ({ name, type: mysql ? 'bigint' : 'integer', ...options }),
    int: (name, options) => ({ name, type: mysql ? 'int' : 'integer', ...options }),
    double: (name, options) => ({ name, type: mysql ? 'double' : 'real', ...options }),
    boolean: (name, options) => ({ name, type: mysql ? 'tinyint' : 'integer', ...options }),
    text: (name, length, options) => ({ name, type: 'varchar', length: String(length), ...text, ...options }),
    longText: (name, options) => ({ name, type: mysql ? 'longtext' : 'text', ...text, ...options }),
    bytes: (name, options) => ({ name, type: mysql ? 'longblob' : 'blob', ...options }),
  };
}

/** A reference that forbids deleting what it points to. */
export interface Reference {
  column: string;
  table: string;
  onDelete?: 'RESTRICT' | 'CASCADE' | 'SET NULL';
}

/** Adds columns that may be null or have a default, in place, unless they are there. */
export async function addColumns(
  queryRunner: QueryRunner,
  table: string,
  columns: TableColumnOptions[],
): Promise<void> {
  const existing = await queryRunner.getTable(table);
  for (const { name, type, length, charset, collation, isNullable, default: value } of columns) {
    if (existing?.findColumnByName(name)) continue;
    const size = length === undefined ? '' : `(${length})`;
    const text = charset === undefined ? '' : `CHARACTER SET ${charset} COLLATE ${collation}`;
    const rest = isNullable ? 'NULL' : `NOT NULL DEFAULT ${String(value)}`;
    await queryRunner.query(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}${size} ${text} ${rest}`);
  }
}

/** Adds an index, unless it is there. */
export async function addIndex(queryRunner: QueryRunner, table: string, columns: string[]): Promise<void> {
  const name = `ix_${table}_${columns.join('_')}`.slice(0, 60);
  const existing = await queryRunner.getTable(table);
  if (existing?.indices.some((index) => index.name === name)) return;
  await queryRunner.query(`CREATE INDEX ${name} ON ${table} (${columns.join(', ')})`);
}

/** Creates a table with its indices and foreign keys to `id` columns, in one statement, unless it exists. */
export async function createTable(
  queryRunner: QueryRunner,
  name: string,
  columns: TableColumnOptions[],
  { indices = [], references = [] }: { indices?: TableIndexOptions[]; references?: Reference[] } = {},
): Promise<void> {
  await queryRunner.createTable(
    new Table({
      name,
      columns,
      indices: indices.map((index) => ({
        name: `ix_${name}_${(index.columnNames ?? []).join('_')}`.slice(0, 60),
        ...index,
      })),
      foreignKeys: references.map(({ column, table, onDelete = 'RESTRICT' }) => ({
        name: `fk_${name}_${column}`,
        columnNames: [column],
        referencedTableName: table,
        referencedColumnNames: ['id'],
        onDelete,
      })),
    }),
    true,
  );
}

/** Writes the only row of a table, unless it is there. */
export async function insertOnlyRow(
  queryRunner: QueryRunner,
  table: string,
  row: Readonly<Record<string, number>>,
): Promise<void> {
  await queryRunner.query(
    `INSERT INTO ${table} (${Object.keys(row).join(', ')})
     SELECT ${Object.values(row).join(', ')} FROM (SELECT 1) AS one WHERE NOT EXISTS (SELECT 1 FROM ${table})`,
  );
}
