import { Injectable } from '@nestjs/common';
import { EquipmentService, type SensorTag } from '#equipment';
import { decodeCursor, isoTime, type Page, pageOf, type PageQuery, ProcessClock } from '#platform';
import type { ListedTagDto, SensorDto, SensorValueDto } from './dto/sensor.dto.js';
import { TagDto } from './dto/tag.dto.js';
import { unwatched, type WatchDto, watched } from './dto/watch.dto.js';
import type { TagListQuery } from './dto/tag-list.query.js';
import type { LimitState } from './limit-alarm.js';
import { LimitStates } from './limit-states.service.js';
import { type LatestSample, QUALITIES } from './samples/sample-columns.js';
import { isUnwatched, samplingSentence, type TagSampling } from './samples/sampling.js';
import { SamplingSurvey } from './samples/sampling-survey.service.js';
import { SeriesReader } from './series/series-reader.service.js';
import { TagDirectory } from './samples/tag-directory.service.js';

/** A value is stale when this many sampling intervals have passed without another. */
const STALE_INTERVALS = 3;

/** Tags as callers see them, with and without their latest values. */
@Injectable()
export class SensorService {
  constructor(
    private readonly tags: TagDirectory,
    private readonly equipment: EquipmentService,
    private readonly reader: SeriesReader,
    private readonly survey: SamplingSurvey,
    private readonly limitStates: LimitStates,
    private readonly clock: ProcessClock,
  ) {}

  /** @throws AppError EQUIPMENT_NOT_FOUND */
  async listTags({ eq_id, role, q, latest, ...page }: TagListQuery): Promise<Page<ListedTagDto>> {
    if (eq_id !== undefined) await this.equipment.require(eq_id);
    const eqIds = new Map((await this.equipment.findAll()).map(({ id, code }) => [id, code]));
    const wanted = q?.toLowerCase();
    const tags = [...(await this.tags.all()).values()].filter(
      (tag) =>
        (eq_id === undefined || eqIds.get(tag.equipmentId) === eq_id) &&
        (role === undefined || tag.role === role) &&
        (wanted === undefined || textOf(tag).includes(wanted)),
    );
    const present = (tag: SensorTag): TagDto => TagDto.of(tag, eqIds.get(tag.equipmentId) ?? '');
    if (!latest) return tagPage(tags, page, present);
    const stateOf = await this.statesOf(tags);
    return tagPage(tags, page, (tag) => ({ ...present(tag), ...stateOf(tag) }));
  }

  /** @throws AppError EQUIPMENT_NOT_FOUND */
  async listSensors(eqId: string, page: PageQuery): Promise<Page<SensorDto>> {
    const equipment = await this.equipment.require(eqId);
    const tags = [...(await this.tags.all()).values()].filter((tag) => tag.equipmentId === equipment.id);
    const stateOf = await this.statesOf(tags);
    return tagPage(tags, page, (tag) => ({ ...TagDto.of(tag, equipment.code), ...stateOf(tag) }));
  }

  /** Latest value, where it stands, and sampling; one statement each for all of them. */
  private async statesOf(
    tags: SensorTag[],
  ): Promise<(tag: SensorTag) => Pick<SensorDto, 'latest' | 'watch'>> {
    const latest = await this.reader.latest(tags.map(({ id }) => id));
    const limitStates = await this.limitStates.of(tags, latest);
    const now = this.clock.now();
    const samplings = await this.survey.at(now);
    return (tag) => ({
      latest: valueOf(tag, latest.get(tag.id), limitStates.get(tag.id) ?? null, now),
      watch: watchOf(samplings.get(tag.code)),
    });
  }
}

function textOf({ code, name, nameKo }: SensorTag): string {
  return `${code} ${name} ${nameKo ?? ''}`.toLowerCase();
}

function tagPage<Item>(
  tags: SensorTag[],
  { limit, cursor, total }: PageQuery,
  present: (tag: SensorTag) => Item,
): Page<Item> {
  const [position, id] = (decodeCursor(cursor, ['number', 'number']) ?? [-1, -1]) as [number, number];
  const rest = tags.filter((tag) => tag.position > position || (tag.position === position && tag.id > id));
  return pageOf(
    rest.slice(0, limit + 1),
    limit,
    (tag) => [tag.position, tag.id],
    present,
    total ? tags.length : undefined,
  );
}

function watchOf(sampling: TagSampling = { state: 'never_sent', intervalMs: null }): WatchDto {
  const { state, intervalMs } = sampling;
  if (state === 'never_sent') return unwatched(state, 'not watched: it has never sent a value', null);
  return isUnwatched(state) ? unwatched(state, samplingSentence(sampling), intervalMs) : watched(intervalMs);
}

function valueOf(
  tag: SensorTag,
  latest: LatestSample | undefined,
  limitState: LimitState | null,
  now: number,
): SensorValueDto | null {
  if (!latest) return null;
  return {
    ts: isoTime(latest.ts),
    value: latest.value,
    quality: QUALITIES[latest.quality],
    limit_state: limitState,
    stale: now - latest.ts > STALE_INTERVALS * tag.samplingIntervalMs,
  };
}
