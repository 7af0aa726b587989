import { tagCodeOf } from '../catalogue/tag-alias.js';
import { TAGS, tagIndex } from '../catalogue/tags.js';

/** What a column's name says: the tag, and in `foreignUnit` the unit when it is not that of the tag. */
export interface NamedTag {
  readonly code: string;
  readonly foreignUnit?: string;
}

/** Other spellings of the units of the catalogue, in small letters without blanks. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  kscmh: ['kscmh', 'kscm/h', 'kscm/hr'],
  'kg/h': ['kg/h', 'kg/hr', 'kgh', 'kg·h⁻¹'],
  'kPa gauge': ['kpagauge', 'kpag', 'kpa(g)', 'kpa'],
  '%': ['%', 'pct', 'percent'],
  '°C': ['°c', 'degc', 'deg.c', 'c', '℃', 'celsius'],
  'm³/h': ['m³/h', 'm3/h', 'm^3/h', 'm³/hr', 'm3/hr', 'm^3/hr', 'cmh'],
  kW: ['kw'],
  'mol%': ['mol%', 'mol-%', 'mole%', 'molpct'],
};

const WITH_UNIT = /^(.+?)\s*(?:\(([^()]+|[^()]*\([^()]*\))\)|\[([^[\]]+)\])$/;

/**
 * The tag a column's name means, with a unit behind it or without: `XMEAS_07`, `XMEAS(7) (kPa)`,
 * `Reactor temperature [degC]`. Undefined when it is no tag of the plant.
 */
export function tagOfColumn(name: string): NamedTag | undefined {
  const code = tagCodeOf(name);
  if (code !== undefined) return { code };
  const match = WITH_UNIT.exec(name.trim());
  const named = match === null ? undefined : tagCodeOf(match[1]);
  if (match === null || named === undefined) return undefined;
  const unit = (match[2] ?? match[3]).trim();
  return isUnitOf(named, unit) ? { code: named } : { code: named, foreignUnit: unit };
}

/** Unit of a tag, as the catalogue has it. */
export function unitOf(code: string): string {
  return TAGS[tagIndex(code)].unit;
}

function isUnitOf(code: string, unit: string): boolean {
  return SPELLINGS[unitOf(code)].includes(unit.toLowerCase().replaceAll(/\s/g, ''));
}
