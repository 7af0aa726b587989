/** Rows of numbers that have some in common, e.g. samples of one tag. */
export interface NumberGroup {
  /** Of the columns the rows have in common. */
  constants: number[];
  /** Of the other columns, in their order, row behind row. */
  values: (number | null)[];
}

/** What all statements of one insertion have in common. */
export interface NumberInsert {
  /** `INSERT INTO table (constants, columns)` */
  head: string;
  /** What to do where a key exists. */
  tail: string;
  /** How many columns are no constants. */
  width: number;
}

export interface Statement {
  sql: string;
  parameters: (number | null)[];
}

/** From here on a group is worth a statement of its own, in which its constants are bound once. */
const LEAST_GROUP_ROWS = 32;
/** No faster beyond it; statements of few lengths are prepared once. */
const BOUND_ROWS = 100;
/** Below 1 MB of text, a fraction of what a server takes by default; the samples of one transaction fit in. */
const LITERAL_ROWS = 8_000;

/**
 * Statements for SQLite, with parameters. Binding takes longer than all the rest: what a large group has in common is bound
 * once a statement.
 */
export function* boundInserts(insert: NumberInsert, groups: readonly NumberGroup[]): Generator<Statement> {
  const { head, tail, width } = insert;
  let pooled: (number | null)[] = [];
  let pooledRows = 0;
  for (const { constants, values } of groups) {
    const rows = values.length / width;
    if (rows >= LEAST_GROUP_ROWS) {
      for (let start = 0; start < rows; start += BOUND_ROWS)
        yield groupInsert(insert, constants, values.slice(start * width, (start + BOUND_ROWS) * width));
      continue;
    }
    for (let start = 0; start < values.length; start += width) {
      pooled.push(...constants);
      for (let i = start; i < start + width; i++) pooled.push(values[i]);
      if (++pooledRows < BOUND_ROWS) continue;
      yield {
        sql: `${head} VALUES ${marks(pooledRows, pooled.length / pooledRows)} ${tail}`,
        parameters: pooled,
      };
      [pooled, pooledRows] = [[], 0];
    }
  }
  if (pooledRows > 0)
    yield {
      sql: `${head} VALUES ${marks(pooledRows, pooled.length / pooledRows)} ${tail}`,
      parameters: pooled,
    };
}

function groupInsert(
  { head, tail, width }: NumberInsert,
  constants: number[],
  values: (number | null)[],
): Statement {
  const columns = Array.from({ length: width }, (_, i) => `column${i + 1}`);
  const selected = [...constants.map(() => '?'), ...columns].join(', ');
  return {
    // Without a WHERE the ON of the conflict would be taken for that of a join.
    sql: `${head} SELECT ${selected} FROM (VALUES ${marks(values.length / width, width)}) WHERE true ${tail}`,
    parameters: [...constants, ...values],
  };
}

function marks(rows: number, width: number): string {
  const row = `(?${', ?'.repeat(width - 1)})`;
  return `${row}${`, ${row}`.repeat(rows - 1)}`;
}

/**
 * Statements for MySQL, with the numbers in their text: put into it as parameters one by one they take a multiple of the
 * time. JavaScript writes a number with as many digits as it takes to read the same one.
 */
export function* literalInserts(
  { head, tail, width }: NumberInsert,
  groups: readonly NumberGroup[],
): Generator<Statement> {
  let rows: string[] = [];
  for (const { constants, values } of groups) {
    const begin = `(${constants.join(', ')}, `;
    for (let start = 0; start < values.length; start += width) {
      let row = begin;
      for (let i = start; i < start + width; i++) row += i === start ? `${values[i]}` : `, ${values[i]}`;
      if (rows.push(`${row})`) < LITERAL_ROWS) continue;
      yield { sql: `${head} VALUES ${rows.join(', ')} ${tail}`, parameters: [] };
      rows = [];
    }
  }
  if (rows.length > 0) yield { sql: `${head} VALUES ${rows.join(', ')} ${tail}`, parameters: [] };
}
