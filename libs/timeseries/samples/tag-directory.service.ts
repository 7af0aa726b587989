import { Injectable } from '@nestjs/common';
import { SensorTagService, type SensorTag } from '#equipment';
import { TAGS } from '#tep';

const FRESH_FOR_MS = 30_000;

/** All tags by code, by id and in plant order, read from the database at most twice a minute. */
@Injectable()
export class TagDirectory {
  private byCode = new Map<string, SensorTag>();
  private readAt = -Infinity;

  constructor(private readonly tags: SensorTagService) {}

  /** Every tag by its code. */
  async all(): Promise<ReadonlyMap<string, SensorTag>> {
    const now = performance.now();
    if (this.byCode.size === 0 || now - this.readAt > FRESH_FOR_MS) {
      this.byCode = new Map((await this.tags.findAll()).map((tag) => [tag.code, tag]));
      this.readAt = now;
    }
    return this.byCode;
  }

  /** The next read asks the database: somebody has changed a tag. */
  forget(): void {
    this.readAt = -Infinity;
  }

  /**
   * Ids of the plant's tags in the order of its records.
   * @throws Error when the plant is not registered
   */
  async plantTagIds(): Promise<number[]> {
    const byCode = await this.all();
    return TAGS.map(({ code }) => {
      const tag = byCode.get(code);
      if (!tag) throw new Error(`Tag ${code} is not registered; run: npm run db:init`);
      return tag.id;
    });
  }
}
