import type { AlarmEntry } from './alarm-entry.entity.js';
import type { AlarmChange } from './alarm-transitions.service.js';

/** A change of a limit alarm as samples that are evaluated again show it. */
export interface EvaluatedChange {
  change: AlarmChange;
  /** Of an alarm that ends: when it had begun. */
  since: number | null;
  /** Whether a graver alarm of the tag was active. */
  isOutranked: boolean;
}

/** What the journal says of when a limit alarm began or ended. */
export type ConditionEntry = Pick<AlarmEntry, 'alarmId' | 'event' | 'plantAt' | 'since'>;

/** What the journal lacks, and what in it was not so. */
export function differences<Entry extends ConditionEntry>(
  stands: readonly Entry[],
  evaluated: readonly EvaluatedChange[],
): { missing: EvaluatedChange[]; wrong: Entry[] } {
  const written = new Set(
    stands.map(({ alarmId, event, plantAt, since }) => `${alarmId} ${event} ${plantAt} ${since}`),
  );
  const shown = new Map(
    evaluated.map((each) => {
      const { alarmId, event, reason } = each.change;
      const name = event.type === 'activate' ? 'activated' : 'returned';
      return [`${alarmId} ${name} ${reason.plantAt} ${each.since}`, each];
    }),
  );
  return {
    missing: [...shown].filter(([key]) => !written.has(key)).map(([, each]) => each),
    wrong: stands.filter(
      ({ alarmId, event, plantAt, since }) => !shown.has(`${alarmId} ${event} ${plantAt} ${since}`),
    ),
  };
}
