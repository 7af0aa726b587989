import { type SensorTag, TAG_SETTINGS, type TagSettings } from '#equipment';
import { AppError } from '#platform';
import type { UpdateTagDto } from './dto/update-tag.dto.js';

type Range = Pick<SensorTag, 'rangeLow' | 'rangeHigh'>;

const LIMITS = [
  ['ll', 'limitLl'],
  ['l', 'limitL'],
  ['h', 'limitH'],
  ['hh', 'limitHh'],
] as const;

/** What is decided about a tag. */
export function settingsOf(tag: SensorTag): TagSettings {
  return Object.fromEntries(TAG_SETTINGS.map((name) => [name, tag[name]])) as unknown as TagSettings;
}

/**
 * A tag's settings with the given fields changed.
 * @throws AppError VALIDATION_FAILED when nothing is given, or limits and deadband do not go together
 */
export function changedSettings(tag: SensorTag, dto: UpdateTagDto): TagSettings {
  if (Object.values(dto).every(isNothing))
    throw AppError.invalid('name', 'or another of the fields must be given');
  const { limits = {}, name_ko: nameKo } = dto;
  const before = settingsOf(tag);
  const settings: TagSettings = {
    name: dto.name ?? before.name,
    nameKo: nameKo === undefined ? before.nameKo : nameKo,
    limitLl: limits.ll === undefined ? before.limitLl : limits.ll,
    limitL: limits.l === undefined ? before.limitL : limits.l,
    limitH: limits.h === undefined ? before.limitH : limits.h,
    limitHh: limits.hh === undefined ? before.limitHh : limits.hh,
    deadband: dto.deadband ?? before.deadband,
    onDelayMs: dto.on_delay_ms ?? before.onDelayMs,
    offDelayMs: dto.off_delay_ms ?? before.offDelayMs,
    priority: dto.priority ?? before.priority,
  };
  refuseUnsound(settings, tag);
  return settings;
}

/** @returns whether two settings say the same */
export function isSameSettings(a: TagSettings, b: TagSettings): boolean {
  return TAG_SETTINGS.every((name) => a[name] === b[name]);
}

function isNothing(value: unknown): boolean {
  if (value !== null && typeof value === 'object') return Object.values(value).every(isNothing);
  return value === undefined;
}

function refuseUnsound(settings: TagSettings, { rangeLow, rangeHigh }: Range): void {
  const width = rangeHigh - rangeLow;
  let below: { field: string; value: number } | undefined;
  for (const [field, name] of LIMITS) {
    const value = settings[name];
    if (value === null) continue;
    if (value < rangeLow - width || value > rangeHigh + width)
      throw AppError.invalid(
        `limits.${field}`,
        `must be at most ${width} outside the instrument range, ${rangeLow} to ${rangeHigh}`,
      );
    if (below && value <= below.value)
      throw AppError.invalid(`limits.${field}`, `must be above ${below.field}, which is ${below.value}`);
    below = { field: `limits.${field}`, value };
  }
  const [low, high] = [settings.limitL ?? settings.limitLl, settings.limitH ?? settings.limitHh];
  const room = low !== null && high !== null ? high - low : width;
  if (settings.deadband >= room)
    throw AppError.invalid('deadband', `must be smaller than ${room}, else an alarm could never end`);
}
