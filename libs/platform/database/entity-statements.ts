import type { EntityTarget, ObjectLiteral } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { Database } from './database.js';

type Property<Row> = keyof Row & string;
type Condition<Row> = { [P in Property<Row>]?: Row[P] | readonly Row[P][] };

/**
 * INSERT, UPDATE and SELECT on rows of one entity, for what is done with every job: TypeORM's builders take longer over such a
 * statement than SQLite does. Names and types of columns are the entity's; a condition is equality, or one of several values.
 */
export class EntityStatements<Row extends ObjectLiteral> {
  private columns: ReadonlyMap<string, ColumnMetadata> | undefined;

  constructor(
    private readonly database: Database,
    private readonly entity: EntityTarget<Row>,
  ) {}

  /** Writes a row; columns that it does not name get their defaults. */
  async insert(row: object): Promise<void> {
    const { names, values } = this.given(row);
    const marks = names.map(() => '?').join(', ');
    await this.database.query(`INSERT INTO ${this.table} (${names.join(', ')}) VALUES (${marks})`, values);
  }

  /** @returns how many rows were found; on MySQL those that are the same afterwards, too */
  async update(condition: Condition<Row>, change: object): Promise<number> {
    const { names, values } = this.given(change);
    const set = names.map((name) => `${name} = ?`).join(', ');
    const where = this.where(condition);
    const sql = `UPDATE ${this.table} SET ${set} WHERE ${where.sql}`;
    return this.database.execute(sql, [...values, ...where.values]);
  }

  /** Rows with these properties alone, all by default. */
  async find<P extends Property<Row>>(
    condition: Condition<Row>,
    properties: readonly P[] = this.everyProperty() as P[],
  ): Promise<Pick<Row, P>[]> {
    const columns = properties.map((property) => this.column(property));
    const where = this.where(condition);
    const rows = await this.database.queryArrays(
      `SELECT ${columns.map((column) => this.nameOf(column)).join(', ')} FROM ${this.table} WHERE ${where.sql}`,
      where.values,
    );
    const { driver } = this.database.dataSource;
    return rows.map((row) => {
      const found = columns.map(({ propertyName }, i): [string, unknown] => [
        propertyName,
        driver.prepareHydratedValue(row[i], columns[i]),
      ]);
      return Object.fromEntries(found) as Pick<Row, P>;
    });
  }

  async count(condition: Condition<Row>): Promise<number> {
    const { sql, values } = this.where(condition);
    const [[count]] = await this.database.queryArrays<[number | string]>(
      `SELECT COUNT(*) FROM ${this.table} WHERE ${sql}`,
      values,
    );
    return Number(count);
  }

  private given(row: object): { names: string[]; values: unknown[] } {
    const given = Object.entries(row).filter(([, value]) => value !== undefined);
    const columns = given.map(([property]) => this.column(property));
    return {
      names: columns.map((column) => this.nameOf(column)),
      values: given.map(([, value], i) => this.stored(value, columns[i])),
    };
  }

  private where(condition: Condition<Row>): { sql: string; values: unknown[] } {
    const parts: string[] = [];
    const values: unknown[] = [];
    for (const [property, wanted] of Object.entries(condition) as [string, unknown][]) {
      const column = this.column(property);
      const list: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
      parts.push(`${this.nameOf(column)} IN (${list.map(() => '?').join(', ')})`);
      values.push(...list.map((value) => this.stored(value, column)));
    }
    return { sql: parts.join(' AND '), values };
  }

  private stored(value: unknown, column: ColumnMetadata): unknown {
    return this.database.dataSource.driver.preparePersistentValue(value, column) as unknown;
  }

  /** @throws Error when the entity has no such property */
  private column(property: string): ColumnMetadata {
    const column = this.columnsByProperty().get(property);
    if (!column) throw new Error(`A row of ${this.table} has no ${property}`);
    return column;
  }

  private everyProperty(): string[] {
    return [...this.columnsByProperty().keys()];
  }

  private columnsByProperty(): ReadonlyMap<string, ColumnMetadata> {
    return (this.columns ??= new Map(
      this.database.dataSource
        .getMetadata(this.entity)
        .columns.map((column) => [column.propertyName, column] as const),
    ));
  }

  private nameOf(column: ColumnMetadata): string {
    return this.database.dataSource.driver.escape(column.databaseName);
  }

  private get table(): string {
    return this.database.dataSource.driver.escape(
      this.database.dataSource.getMetadata(this.entity).tableName,
    );
  }
}
