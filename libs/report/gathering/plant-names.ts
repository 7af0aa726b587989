import type { Equipment, SensorTag } from '#equipment';
import type { AlarmLimits } from '#tep';
import type { Named } from './content.js';

/** What the plant calls its units and tags. */
export interface PlantNames {
  tag(code: string): Named;
  tagOf(code: string): SensorTag | undefined;
  equipment(id: number | null): Named | null;
}

export function plantNames(
  equipment: readonly Equipment[],
  tags: ReadonlyMap<string, SensorTag>,
): PlantNames {
  const byId = new Map(equipment.map((unit) => [unit.id, unit]));
  return {
    tag: (code) => namedOf(tags.get(code) ?? { code, name: code, nameKo: null }),
    tagOf: (code) => tags.get(code),
    equipment: (id) => {
      const unit = id === null ? undefined : byId.get(id);
      return unit ? namedOf(unit) : null;
    },
  };
}

export function namedOf({ code, name, nameKo }: Named): Named {
  return { code, name, nameKo };
}

export function limitsOf(tag: SensorTag): AlarmLimits {
  return { ll: tag.limitLl, l: tag.limitL, h: tag.limitH, hh: tag.limitHh };
}
