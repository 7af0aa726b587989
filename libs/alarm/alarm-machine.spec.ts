import { describe, expect, it } from '#jest';
import fc from 'fast-check';
import { randomCases } from '../../test/factories/random-cases.js';
import {
  afterEvent,
  ALARM_STATES,
  type AlarmEvent,
  alarmState,
  type AlarmStatus,
  type AlarmTransition,
  isAnnunciated,
  LONGEST_SHELF_MS,
  QUIET,
} from './alarm-machine.js';

/** An event, and how far plant and wall clock have moved before it; a plant clock may stand still. */
interface Moment {
  kind: Exclude<AlarmEvent['type'], 'pass'>;
  plantMs: number;
  wallMs: number;
  shelfMs: number;
}

const moments = fc.array(
  fc.record({
    kind: fc.constantFrom<Moment['kind']>(
      'activate',
      'return',
      'acknowledge',
      'shelve',
      'unshelve',
      'suppress',
      'unsuppress',
      'take_out',
      'put_back',
    ),
    plantMs: fc.integer({ min: 0, max: 3_600_000 }),
    wallMs: fc.integer({ min: 0, max: 3_600_000 }),
    shelfMs: fc.integer({ min: 1, max: LONGEST_SHELF_MS }),
  }),
  { maxLength: 40 },
);

interface Step {
  event: AlarmEvent;
  before: AlarmStatus;
  after: AlarmStatus;
  transition: AlarmTransition | null;
}

/** Every step of an alarm that begins quiet; time passes before each event. */
function lived(story: readonly Moment[]): { steps: Step[]; plantAt: number; wallAt: number } {
  let status = QUIET;
  let [plantAt, wallAt] = [0, 0];
  const steps: Step[] = [];
  const live = (event: AlarmEvent): void => {
    const step = afterEvent(status, event);
    steps.push({
      event,
      before: status,
      after: step?.status ?? status,
      transition: step?.transition ?? null,
    });
    status = step?.status ?? status;
  };
  for (const { kind, plantMs, wallMs, shelfMs } of story) {
    plantAt += plantMs;
    wallAt += wallMs;
    live({ type: 'pass', plantAt, wallAt });
    const shelf = { until: plantAt + shelfMs, untilWall: wallAt + LONGEST_SHELF_MS };
    live(kind === 'shelve' ? { type: kind, shelf } : { type: kind });
  }
  return { steps, plantAt, wallAt };
}

/** What the journal alone says of an alarm. */
function replayed(
  transitions: readonly (AlarmTransition | null)[],
): Omit<AlarmStatus, 'shelf'> & { shelved: boolean } {
  const last = (...names: AlarmTransition[]): AlarmTransition | null | undefined =>
    transitions.findLast((name) => name !== null && names.includes(name));
  return {
    active: last('activated', 'returned') === 'activated',
    unacknowledged: last('activated', 'acknowledged') === 'activated',
    shelved: last('shelved', 'unshelved') === 'shelved',
    suppressed: last('suppressed', 'unsuppressed') === 'suppressed',
    outOfService: last('taken_out_of_service', 'put_back_in_service') === 'taken_out_of_service',
  };
}

describe('the state of an alarm', () => {
  const states = (...kinds: Moment['kind'][]) =>
    lived(kinds.map((kind) => ({ kind, plantMs: 1, wallMs: 1, shelfMs: 60_000 })))
      .steps.filter(({ event }) => event.type !== 'pass')
      .map(({ after }) => alarmState(after));

  it('goes the ways of ISA-18.2', () => {
    expect(states('activate', 'acknowledge', 'return')).toEqual(['unacknowledged', 'acknowledged', 'normal']);
    expect(states('activate', 'return', 'acknowledge')).toEqual([
      'unacknowledged',
      'returned_unacknowledged',
      'normal',
    ]);
    expect(states('activate', 'return', 'activate')).toEqual([
      'unacknowledged',
      'returned_unacknowledged',
      'unacknowledged',
    ]);
    expect(
      states('shelve', 'activate', 'suppress', 'take_out', 'put_back', 'unsuppress', 'unshelve'),
    ).toEqual([
      'shelved',
      'shelved',
      'suppressed_by_design',
      'out_of_service',
      'suppressed_by_design',
      'shelved',
      'unacknowledged',
    ]);
  });

  it('has a name whatever happens, and no event decides over more than its own part', () => {
    fc.assert(
      fc.property(moments, (story) => {
        for (const { event, before, after } of lived(story).steps) {
          expect(ALARM_STATES).toContain(alarmState(after));
          const changed = (Object.keys(after) as (keyof AlarmStatus)[]).filter(
            (key) => after[key] !== before[key],
          );
          const own: Record<AlarmEvent['type'], (keyof AlarmStatus)[]> = {
            activate: ['active', 'unacknowledged'],
            return: ['active'],
            acknowledge: ['unacknowledged'],
            shelve: ['shelf'],
            unshelve: ['shelf'],
            pass: ['shelf'],
            suppress: ['suppressed'],
            unsuppress: ['suppressed'],
            take_out: ['outOfService'],
            put_back: ['outOfService'],
          };
          for (const key of changed) expect(own[event.type]).toContain(key);
        }
      }),
      randomCases(100),
    );
  });

  it('can be told from the transitions alone: none is without a change, no change without one', () => {
    fc.assert(
      fc.property(moments, (story) => {
        const { steps } = lived(story);
        for (const { before, after, transition } of steps) expect(transition === null).toBe(before === after);
        const { shelf, ...status } = steps.at(-1)?.after ?? QUIET;
        expect(replayed(steps.map(({ transition }) => transition))).toEqual({
          ...status,
          shelved: shelf !== null,
        });
      }),
      randomCases(100),
    );
  });

  it('every shelf ends: at its plant time, or after a day on the wall while the clock of the plant stands still', () => {
    fc.assert(
      fc.property(moments, fc.boolean(), (story, plantStandsStill) => {
        const { steps, plantAt, wallAt } = lived(story);
        const status = steps.at(-1)?.after ?? QUIET;
        const passed: AlarmEvent = plantStandsStill
          ? { type: 'pass', plantAt, wallAt: wallAt + LONGEST_SHELF_MS }
          : { type: 'pass', plantAt: plantAt + LONGEST_SHELF_MS, wallAt };
        expect((afterEvent(status, passed)?.status ?? status).shelf).toBeNull();
      }),
      randomCases(100),
    );
  });

  it('is shown unless something suppresses it', () => {
    expect(isAnnunciated(QUIET)).toBe(true);
    for (const hidden of [
      { shelf: { until: 1, untilWall: 1 } },
      { suppressed: true },
      { outOfService: true },
    ])
      expect(isAnnunciated({ ...QUIET, ...hidden })).toBe(false);
  });
});
