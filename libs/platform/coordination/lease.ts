import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isDuplicateKey } from '../database/constraint-errors.js';
import { Database } from '../database/database.js';

/** Raised when a process acts on a lease another process has taken over. */
export class LeaseLostError extends Error {
  constructor(readonly leaseName: string) {
    super(`The lease ${leaseName} is held by another process`);
    this.name = 'LeaseLostError';
  }
}

interface LeaseRow {
  holder: string | null;
  expires_at: string | number;
  since: string | number | null;
  fence: string | number;
}

/** Who holds a lease and since when; or, with nobody as its holder, since when it has been free. */
export interface LeaseTenure {
  processId: string | null;
  /** Milliseconds of the database's clock since then; null where that was not noted. */
  forMs: number | null;
}

export const LEASE_TTL_MS = 12_000;
export const LEASE_RENEWAL_MS = 3_000;

/**
 * "Exactly one process does this", as a row that expires. Taking over bumps `fence`, so a former holder that wakes
 * up late is recognised by `assertHeld` inside the transaction in which it wants to write, also when it has become the
 * holder again: its work in progress is from before somebody else had the lease.
 */
@Injectable()
export class Leases {
  /** This process, as lease holder and in the heartbeat table. */
  readonly processId = randomUUID();
  /** Of the leases this process has: the fence at which it took each. */
  private readonly fences = new Map<string, number>();

  constructor(private readonly database: Database) {}

  /**
   * Takes or renews a lease. A holder that has lost it meanwhile is refused once, be the lease free again or not, so that it
   * ends what it does and begins anew.
   * @returns true when this process holds it for the next LEASE_TTL_MS
   */
  async hold(name: string): Promise<boolean> {
    const fence = await this.database.transaction(() => this.renewOrTake(name)).catch(undefinedIfRaced);
    if (fence === undefined) this.fences.delete(name);
    else this.fences.set(name, fence);
    return fence !== undefined;
  }

  /** @returns the fence at which this process has the lease, or undefined */
  private async renewOrTake(name: string): Promise<number | undefined> {
    const now = await this.database.now();
    const [row] = await this.database.query<LeaseRow>(
      `SELECT holder, expires_at, since, fence FROM lease WHERE name = ? ${this.database.forUpdateSql}`,
      [name],
    );
    const expiresAt = now + LEASE_TTL_MS;
    if (!row) {
      await this.database.query(
        'INSERT INTO lease (name, holder, fence, expires_at, since) VALUES (?, ?, 1, ?, ?)',
        [name, this.processId, expiresAt, now],
      );
      return 1;
    }
    const [fence, known] = [Number(row.fence), this.fences.get(name)];
    const mine = row.holder === this.processId;
    if (mine && fence === known) {
      await this.database.query('UPDATE lease SET expires_at = ? WHERE name = ?', [expiresAt, name]);
      return fence;
    }
    if (known !== undefined) return undefined;
    if (!mine && row.holder !== null && Number(row.expires_at) > now) return undefined;
    await this.database.query(
      'UPDATE lease SET holder = ?, fence = ?, expires_at = ?, since = ? WHERE name = ?',
      [this.processId, fence + 1, expiresAt, now, name],
    );
    return fence + 1;
  }

  /**
   * Makes sure, inside the open transaction, that this process still holds the lease; the row stays locked until
   * the transaction ends, so nobody can take it over in between.
   * @throws LeaseLostError
   */
  async assertHeld(name: string): Promise<void> {
    const [row] = await this.database.query<Pick<LeaseRow, 'holder' | 'fence'>>(
      `SELECT holder, fence FROM lease WHERE name = ? ${this.database.forUpdateSql}`,
      [name],
    );
    if (row?.holder !== this.processId || Number(row.fence) !== this.fences.get(name))
      throw new LeaseLostError(name);
  }

  /** Gives a lease back so that another process can take it at once. */
  async release(name: string): Promise<void> {
    this.fences.delete(name);
    const now = await this.database.now();
    await this.database.query(
      'UPDATE lease SET since = ?, holder = NULL, expires_at = 0 WHERE name = ? AND holder = ?',
      [now, name, this.processId],
    );
  }

  /** Who has a lease now, for health answers; undefined when nobody has ever had it. */
  async tenure(name: string): Promise<LeaseTenure | undefined> {
    const [row] = await this.database.query<LeaseRow>(
      'SELECT holder, expires_at, since, fence FROM lease WHERE name = ?',
      [name],
    );
    if (!row) return undefined;
    const now = await this.database.now();
    const expiresAt = Number(row.expires_at);
    const hasRunOut = row.holder !== null && expiresAt <= now;
    const since = hasRunOut ? expiresAt : row.since;
    return {
      processId: hasRunOut ? null : row.holder,
      forMs: since === null ? null : Math.max(0, now - Number(since)),
    };
  }
}

/** Two that ask for a lease nobody has ever had both write its row. */
function undefinedIfRaced(error: unknown): undefined {
  if (!isDuplicateKey(error)) throw error;
}
