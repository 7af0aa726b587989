import { expect, it } from '#jest';
import { loadedRows } from './bulk-load.js';
import { boundInserts, literalInserts, type NumberGroup } from './number-inserts.js';

const insert = { head: 'INSERT INTO t (tag, ts, value)', tail: 'ON CONFLICT', width: 2 };
const group = (tag: number, rows: number): NumberGroup => ({
  constants: [tag],
  values: Array.from({ length: 2 * rows }, (_, i) => i),
});

it('binds what a large group has in common once a statement, and pools small ones', () => {
  const statements = [...boundInserts(insert, [group(1, 2), group(2, 150), group(3, 1)])];
  expect(statements.map(({ parameters }) => parameters.length)).toEqual([1 + 200, 1 + 100, 9]);
  expect(statements[0].sql.slice(0, 90)).toBe(
    'INSERT INTO t (tag, ts, value) SELECT ?, column1, column2 FROM (VALUES (?, ?), (?, ?), (?,',
  );
  expect(statements[2]).toEqual({
    sql: 'INSERT INTO t (tag, ts, value) VALUES (?, ?, ?), (?, ?, ?), (?, ?, ?) ON CONFLICT',
    parameters: [1, 0, 1, 1, 2, 3, 3, 0, 1],
  });
});

it('writes numbers into the text so that the same ones are read, null included', () => {
  const values = [1.5, null, 0.1 + 0.2, -1e-7, 1e100, 253_402_300_799_999];
  expect([...literalInserts(insert, [{ constants: [7], values }])]).toEqual([
    {
      sql: 'INSERT INTO t (tag, ts, value) VALUES (7, 1.5, null), (7, 0.30000000000000004, -1e-7), (7, 1e+100, 253402300799999) ON CONFLICT',
      parameters: [],
    },
  ]);
});

it('writes a line a row for LOAD DATA, or nothing when there are few rows', () => {
  const groups = [group(7, 2), { constants: [8], values: [0.1 + 0.2, -1e-7] }];
  expect(String(loadedRows(groups, 3, 3))).toBe('7\t0\t1\n7\t2\t3\n8\t0.30000000000000004\t-1e-7\n');
  expect(loadedRows(groups, 3, 4)).toBeUndefined();
});
