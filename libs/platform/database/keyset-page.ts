import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/**
 * A page of a list: the rows behind a position in the order of some columns, the last of which no two rows share. One row more than
 * `limit`, so that the caller sees whether there is a next page.
 * @param after the columns of the last row of the page before; undefined for the first page
 */
export function keysetPage<Row extends ObjectLiteral, Column extends keyof Row & string>(
  query: SelectQueryBuilder<Row>,
  columns: readonly Column[],
  limit: number,
  after: Readonly<Record<Column, string | number>> | undefined,
  direction: 'ASC' | 'DESC' = 'DESC',
): Promise<Row[]> {
  const nameOf = (column: Column): string => `${query.alias}.${column}`;
  for (const column of columns) query.addOrderBy(nameOf(column), direction);
  if (after) {
    const beyond = direction === 'DESC' ? '<' : '>';
    const ways = columns.map((column, i) => {
      const same = columns.slice(0, i).map((each) => `${nameOf(each)} = :${each}After`);
      return [...same, `${nameOf(column)} ${beyond} :${column}After`].join(' AND ');
    });
    const values = Object.fromEntries(columns.map((column) => [`${column}After`, after[column]]));
    query.andWhere(`(${ways.join(' OR ')})`, values);
  }
  return query.take(limit + 1).getMany();
}
