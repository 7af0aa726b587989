import { Injectable } from '@nestjs/common';
import { EquipmentService, type SensorTag, SensorTagService } from '#equipment';
import { decodeCursor, type Page, pageOf, type PageQuery, type Principal } from '#platform';
import { TagChangeDto } from './dto/tag-change.dto.js';
import { TagDto } from './dto/tag.dto.js';
import type { UpdateTagDto } from './dto/update-tag.dto.js';
import { TagDirectory } from './samples/tag-directory.service.js';
import { changedSettings, isSameSettings, settingsOf } from './tag-settings.js';

/** What the plant's people decide about tags, and the journal of it. */
@Injectable()
export class TagSettingsService {
  constructor(
    private readonly tags: SensorTagService,
    private readonly directory: TagDirectory,
    private readonly equipment: EquipmentService,
  ) {}

  /** @throws AppError TAG_NOT_FOUND */
  async read(code: string): Promise<TagDto> {
    return this.present(await this.tags.require(code));
  }

  /**
   * Changes the given fields and notes who did it; what changes nothing is not noted. Other processes show it
   * at once and evaluate by it within half a minute.
   * @throws AppError TAG_NOT_FOUND, VALIDATION_FAILED
   */
  async update(code: string, dto: UpdateTagDto, { name: changedBy }: Principal): Promise<TagDto> {
    await this.tags.change(code, changedBy, (tag) => {
      const [before, after] = [settingsOf(tag), changedSettings(tag, dto)];
      return isSameSettings(before, after) ? undefined : { before, after };
    });
    this.directory.forget();
    return this.read(code);
  }

  /** @throws AppError TAG_NOT_FOUND */
  async listChanges(code: string, { limit, cursor, total }: PageQuery): Promise<Page<TagChangeDto>> {
    const { id } = await this.tags.require(code);
    const [beforeId] = (decodeCursor(cursor, ['number']) ?? []) as [number?];
    const rows = await this.tags.findChanges(id, limit, beforeId);
    return pageOf(
      rows,
      limit,
      (row) => [row.id],
      (row) => TagChangeDto.of(row),
      total ? await this.tags.countChanges(id) : undefined,
    );
  }

  private async present(tag: SensorTag): Promise<TagDto> {
    const unit = (await this.equipment.findAll()).find(({ id }) => id === tag.equipmentId);
    return TagDto.of(tag, unit?.code ?? '');
  }
}
