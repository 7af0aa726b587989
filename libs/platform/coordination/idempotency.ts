import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { SharedTransaction } from '../database/shared-transaction.js';
import { isDuplicateKey } from '../database/constraint-errors.js';
import { AppError } from '../failure/errors.js';

const REMEMBERED_FOR_MS = 24 * 3_600_000;
const KEY = /^[\x21-\x7e]{1,200}$/;

/**
 * Makes a repeated POST answer its first reply again. The key is written in the same transaction as what the
 * request creates, so both exist or neither does.
 */
@Injectable()
export class Idempotency {
  private readonly creations: SharedTransaction;

  constructor(private readonly database: Database) {
    this.creations = new SharedTransaction(database);
  }

  /**
   * Runs `create` once per (scope, key); a repeat with the same request gets the stored reply.
   * @param key the Idempotency-Key header; without it `create` simply runs, in a transaction with others that come at the same time
   * @throws AppError IDEMPOTENCY_KEY_REUSED (422) when the key came with another request before
   */
  async run<Reply extends object>(
    scope: string,
    key: string | undefined,
    request: unknown,
    create: () => Promise<Reply>,
  ): Promise<{ reply: Reply; repeated: boolean }> {
    if (key === undefined) return { reply: await this.creations.run(create), repeated: false };
    const requestHash = hashOf(key, request);
    try {
      return await this.database.transaction(async () => {
        const stored = await this.find<Reply>(scope, key, requestHash);
        if (stored) return { reply: stored, repeated: true };
        const reply = await create();
        await this.database.query(
          'INSERT INTO idempotency_key (scope, idempotency_key, request_hash, reply, created_at) VALUES (?, ?, ?, ?, ?)',
          [scope, key, requestHash, JSON.stringify(reply), Date.now()],
        );
        return { reply, repeated: false };
      });
    } catch (error) {
      const stored = isDuplicateKey(error) ? await this.find<Reply>(scope, key, requestHash) : undefined;
      if (stored) return { reply: stored, repeated: true };
      throw error;
    }
  }

  /**
   * The stored reply, for those who can answer a repeat without looking at anything else: what the first request was
   * validated against may have changed since.
   * @throws AppError VALIDATION_FAILED; IDEMPOTENCY_KEY_REUSED (422) when the key came with another request before
   */
  async recall<Reply extends object>(
    scope: string,
    key: string | undefined,
    request: unknown,
  ): Promise<Reply | undefined> {
    return key === undefined ? undefined : this.find<Reply>(scope, key, hashOf(key, request));
  }

  /** Forgets keys older than a day. */
  async sweep(): Promise<void> {
    await this.database.query('DELETE FROM idempotency_key WHERE created_at < ?', [
      Date.now() - REMEMBERED_FOR_MS,
    ]);
  }

  private async find<Reply>(scope: string, key: string, requestHash: string): Promise<Reply | undefined> {
    const [row] = await this.database.query<{ request_hash: string; reply: string }>(
      'SELECT request_hash, reply FROM idempotency_key WHERE scope = ? AND idempotency_key = ?',
      [scope, key],
    );
    if (!row) return undefined;
    if (row.request_hash !== requestHash) {
      throw AppError.unprocessable(
        'IDEMPOTENCY_KEY_REUSED',
        'This Idempotency-Key was used with another request',
      );
    }
    return JSON.parse(row.reply) as Reply;
  }
}

function hashOf(key: string, request: unknown): string {
  if (!KEY.test(key))
    throw AppError.invalid('Idempotency-Key', 'must be 1 to 200 printable characters without blanks');
  return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}
