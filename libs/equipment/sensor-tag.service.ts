import { Injectable } from '@nestjs/common';
import { AppError, Database } from '#platform';
import type { SensorTag, TagSettings } from './sensor-tag.entity.js';
import { SensorTagRepository } from './sensor-tag.repository.js';
import type { TagChange } from './tag-change.entity.js';
import { TagChangeRepository } from './tag-change.repository.js';

/** The tags of the plant, and the journal of what people changed about them. */
@Injectable()
export class SensorTagService {
  constructor(
    private readonly database: Database,
    private readonly repository: SensorTagRepository,
    private readonly journal: TagChangeRepository,
  ) {}

  /** All tags in the plant's order. */
  findAll(): Promise<SensorTag[]> {
    return this.repository.findAll();
  }

  findByEquipment(equipmentId: number): Promise<SensorTag[]> {
    return this.repository.findByEquipment(equipmentId);
  }

  /** @throws AppError TAG_NOT_FOUND */
  async require(code: string): Promise<SensorTag> {
    const [tag] = await this.repository.findByCodes([code]);
    if (!tag) throw notFound(code);
    return tag;
  }

  /**
   * Changes what is decided about a tag and notes who did it.
   * @param decide what holds before and after, of the tag as nobody else changes it meanwhile; undefined to leave it
   * @throws AppError TAG_NOT_FOUND; whatever `decide` throws
   */
  async change(
    code: string,
    changedBy: string,
    decide: (tag: SensorTag) => { before: TagSettings; after: TagSettings } | undefined,
  ): Promise<void> {
    await this.database.transaction(async () => {
      const tag = await this.repository.lock(code);
      if (!tag) throw notFound(code);
      const change = decide(tag);
      if (!change) return;
      await this.repository.update(tag.id, change.after);
      await this.journal.insert({ tagId: tag.id, changedAt: Date.now(), changedBy, ...change });
    });
  }

  /** The newest first; one more than `limit`, so that the caller sees whether there is a next page. */
  findChanges(tagId: number, limit: number, beforeId: number | undefined): Promise<TagChange[]> {
    return this.journal.findPage(tagId, limit, beforeId);
  }

  /** How many changes there are, as far as is counted. */
  countChanges(tagId: number): Promise<number> {
    return this.journal.count(tagId);
  }
}

function notFound(code: string): AppError {
  return AppError.notFound('TAG', 'tag', code);
}
