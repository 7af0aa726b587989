import { expect, it } from '#jest';
import fc from 'fast-check';
import { randomCases } from '../../test/factories/random-cases.js';
import type { ConditionEntry, EvaluatedChange } from './journal-differences.js';
import { differences } from './journal-differences.js';

const conditions = fc.uniqueArray(
  fc.record({
    alarmId: fc.integer({ min: 1, max: 3 }),
    isBegin: fc.boolean(),
    plantAt: fc.integer({ min: 1, max: 9 }),
    since: fc.integer({ min: 0, max: 2 }),
  }),
  { selector: (each) => JSON.stringify(each), maxLength: 20 },
);
type Condition = typeof conditions extends fc.Arbitrary<(infer One)[]> ? One : never;

function entryOf({ alarmId, isBegin, plantAt, since }: Condition): ConditionEntry {
  return { alarmId, event: isBegin ? 'activated' : 'returned', plantAt, since };
}

function evaluatedOf({ alarmId, isBegin, plantAt, since }: Condition): EvaluatedChange {
  return {
    change: {
      alarmId,
      event: { type: isBegin ? 'activate' : 'return' },
      reason: { plantAt, cause: 'sample' },
    },
    since,
    isOutranked: false,
  };
}

function writtenOf({ change, since }: EvaluatedChange): ConditionEntry {
  const event = change.event.type === 'activate' ? 'activated' : 'returned';
  return { alarmId: change.alarmId, event, plantAt: change.reason.plantAt, since };
}

const sorted = (entries: readonly ConditionEntry[]): string[] =>
  entries.map((each) => JSON.stringify(each)).sort();

it('with its corrections the journal tells what the samples show, and nothing that was right is touched', () => {
  fc.assert(
    fc.property(conditions, conditions, (before, after) => {
      const stands = before.map(entryOf);
      const { missing, wrong } = differences(stands, after.map(evaluatedOf));
      const corrected = [...stands.filter((entry) => !wrong.includes(entry)), ...missing.map(writtenOf)];
      expect(sorted(corrected)).toEqual(sorted(after.map(entryOf)));
      const right = sorted(after.map(entryOf));
      for (const entry of wrong) expect(right).not.toContain(JSON.stringify(entry));
    }),
    randomCases(100),
  );
});

it('changes nothing where the samples show the same', () => {
  fc.assert(
    fc.property(conditions, (same) => {
      expect(differences(same.map(entryOf), same.map(evaluatedOf))).toEqual({ missing: [], wrong: [] });
    }),
    randomCases(100),
  );
});
