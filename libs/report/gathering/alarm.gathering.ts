import { Injectable } from '@nestjs/common';
import { ALARM_FIGURES, AlarmFiguresService } from '#alarm';
import { AppError, OutageError } from '#platform';
import { TagDirectory } from '#timeseries';
import type { AlarmSystemFacts } from './content.js';

const NAMED = 3;

/** Gathers the figures of the alarm system. */
@Injectable()
export class AlarmGathering {
  constructor(
    private readonly figures: AlarmFiguresService,
    private readonly tags: TagDirectory,
  ) {}

  /** Of `[from, to)`; undefined where there are more alarms than are counted. */
  async inPeriod(from: number, to: number): Promise<AlarmSystemFacts | undefined> {
    try {
      const { alarms, figures, top, sources } = await this.figures.figuresIn(from, to);
      const tags = new Map([...(await this.tags.all()).values()].map((tag) => [tag.id, tag]));
      return {
        alarms,
        figures: figures.map(({ name, value, met }) => {
          const { label, labelKo, definition, definitionKo, bound, unit } = ALARM_FIGURES[name];
          return { label, labelKo, definition, definitionKo, value, met, bound, unit };
        }),
        top: top.slice(0, NAMED).map(({ alarmId, alarms: count }) => {
          const source = sources.get(alarmId);
          const tag = tags.get(source?.tagId ?? -1);
          return {
            tag: tag ? { code: tag.code, name: tag.name, nameKo: tag.nameKo } : null,
            limit: source?.limitName ?? null,
            alarms: count,
          };
        }),
      };
    } catch (error) {
      if (error instanceof AppError && !(error instanceof OutageError)) return undefined;
      throw error;
    }
  }
}
