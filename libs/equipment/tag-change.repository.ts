import { Injectable } from '@nestjs/common';
import { boundedCount, Database, keysetPage } from '#platform';
import { TagChange } from './tag-change.entity.js';

/** The journal of what people changed about tags. */
@Injectable()
export class TagChangeRepository {
  constructor(private readonly database: Database) {}

  async insert(change: Omit<TagChange, 'id'>): Promise<void> {
    await this.rows.insert(change);
  }

  /** The newest first; one row more than `limit`, so that the caller sees whether there is a next page. */
  findPage(tagId: number, limit: number, beforeId: number | undefined): Promise<TagChange[]> {
    const changes = this.rows.createQueryBuilder('c').where('c.tagId = :tagId', { tagId });
    const after = beforeId === undefined ? undefined : { id: beforeId };
    return keysetPage(changes, ['id'], limit, after);
  }

  /** How many there are on all pages, as far as is counted. */
  count(tagId: number): Promise<number> {
    return boundedCount(
      this.database,
      this.rows.createQueryBuilder('c').where('c.tagId = :tagId', { tagId }),
    );
  }

  private get rows() {
    return this.database.manager.getRepository(TagChange);
  }
}
