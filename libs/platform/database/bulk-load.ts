import { Readable } from 'node:stream';
import type { Connection, ResultSetHeader } from 'mysql2';
import { LONGEST_NUMBER, writeNumber } from '#text';
import { databaseErrorOf } from './database-errors.js';
import type { NumberGroup } from './number-inserts.js';
import { loggerOf } from '../observability/logger.js';
import type { WriteCondition } from './write-condition.js';

/** How many rows at once get into a MySQL. */
export const BULK_WAYS = ['load_data', 'insert'] as const;
export type BulkWay = (typeof BULK_WAYS)[number];

/** Fewer are not worth the second round trip, in which the server asks for the rows. */
const LEAST_ROWS = 500;
const TAB = 9;
const LINE_FEED = 10;
/** What servers and drivers call it when they do not take rows that a client sends. */
const REFUSALS = new Set([
  1148, // ER_NOT_ALLOWED_COMMAND
  3948, // ER_CLIENT_LOCAL_FILES_DISABLED
  4166, // ER_LOAD_INFILE_CAPABILITY_DISABLED of MariaDB
]);

/**
 * LOAD DATA LOCAL, in which rows take less time than in the text of an INSERT, where the server takes it. A refusal comes before
 * anything is written and leaves the transaction as it is; from then on nobody tries again.
 */
export class BulkLoad {
  private allowed = false;
  private isMariadb = false;

  constructor(private readonly condition: WriteCondition) {}

  get way(): BulkWay {
    return this.allowed ? 'load_data' : 'insert';
  }

  /** @param variables those of the server by name, `local_infile` and `version` among them where it has them */
  learn(variables: ReadonlyMap<string, unknown>): void {
    const localInfile = variables.get('local_infile');
    this.allowed = localInfile === 1 || localInfile === '1' || localInfile === 'ON';
    this.isMariadb = String(variables.get('version')).includes('MariaDB');
  }

  /**
   * Writes rows of finite numbers; one whose key exists is replaced as a whole.
   * @param columns the groups' constants, then their other columns
   * @param referencesLocked whether the open transaction has found and locked what the rows refer to
   * @returns false when it has written nothing, since they are few or the server refuses, and another way is to be taken
   * @throws Error when the server has understood a row in another way than it was meant
   */
  async load(
    connection: Connection,
    table: string,
    columns: readonly string[],
    groups: readonly NumberGroup[],
    referencesLocked: boolean,
  ): Promise<boolean> {
    const rows = loadedRows(groups, columns.length, LEAST_ROWS);
    if (rows === undefined) return false;
    const bytes = rows.length;
    // MariaDB looks a reference up for each row, which takes it a tenth of the time; for one statement it can be told not to.
    const setting = referencesLocked && this.isMariadb ? 'SET STATEMENT foreign_key_checks = 0 FOR ' : '';
    try {
      const [{ warningStatus, info }] = await connection.promise().query<ResultSetHeader>({
        sql: `${setting}LOAD DATA LOCAL INFILE 'rows' REPLACE INTO TABLE ${table} CHARACTER SET utf8mb4 (${columns.join(', ')})`,
        infileStreamFactory: () => Readable.from([rows]),
      });
      // Of what it cannot read, the server makes something else, as it has no way to stop who sends it.
      if (warningStatus > 0) throw new Error(`rows for ${table} were not taken as they are: ${info}`);
      this.condition.written(bytes);
      return true;
    } catch (failure) {
      if (REFUSALS.has((failure as { errno?: number }).errno ?? 0)) {
        this.allowed = false;
        loggerOf('database').info('the server does not take LOAD DATA LOCAL; many rows at once are inserted');
        return false;
      }
      const error = databaseErrorOf(failure);
      this.condition.failed(error, bytes);
      throw error;
    }
  }
}

/**
 * As LOAD DATA reads them by default: a line a row, its numbers between tabs.
 * @returns undefined when they are fewer than `least`
 */
export function loadedRows(groups: readonly NumberGroup[], width: number, least = 0): Uint8Array | undefined {
  const count = groups.reduce(
    (sum, { constants, values }) => sum + values.length / (width - constants.length),
    0,
  );
  if (count < least) return undefined;
  const bytes = Buffer.allocUnsafe(count * width * (LONGEST_NUMBER + 1));
  let end = 0;
  for (const { constants, values } of groups) {
    const own = width - constants.length;
    for (let start = 0; start < values.length; start += own) {
      for (const constant of constants) {
        end = writeNumber(bytes, end, constant);
        bytes[end++] = TAB;
      }
      for (let i = start; i < start + own; i++) {
        end = writeNumber(bytes, end, values[i]);
        bytes[end++] = TAB;
      }
      bytes[end - 1] = LINE_FEED;
    }
  }
  return bytes.subarray(0, end);
}
