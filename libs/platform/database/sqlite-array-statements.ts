/** What is needed of the driver's connection. */
export interface PreparingConnection {
  prepare(sql: string): {
    raw(on: boolean): { all(...parameters: unknown[]): unknown[][] };
  };
}

const MOST_KEPT = 100;

/** Prepared statements of one connection that answer rows as arrays; TypeORM's answer objects. */
export class ArrayStatements {
  private readonly prepared = new Map<
    string,
    ReturnType<ReturnType<PreparingConnection['prepare']>['raw']>
  >();

  constructor(private readonly connection: PreparingConnection) {}

  all(sql: string, parameters: unknown[]): unknown[][] {
    let statement = this.prepared.get(sql);
    if (!statement) {
      statement = this.connection.prepare(sql).raw(true);
      this.prepared.set(sql, statement);
      const [oldest] = this.prepared.keys();
      if (this.prepared.size > MOST_KEPT) this.prepared.delete(oldest);
    }
    return statement.all(...parameters);
  }
}
