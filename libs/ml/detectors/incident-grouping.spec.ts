import { describe, expect, it } from '#jest';
import {
  type IncidentChange,
  IncidentGrouping,
  type IncidentGroupingSnapshot,
  type IncidentSample,
  incidentSeverity,
} from './incident-grouping.js';

const MINUTE_MS = 60_000;
const STEP_MS = 3 * MINUTE_MS;
const HOLD_MS = 10 * STEP_MS;
const TAGS = ['A', 'B'];

type Sign = Partial<Pick<IncidentSample, 'beyondLimit' | 'repeats'>> & { ratio?: number; blames?: number[] };

/** One sample every three minutes; a number is the statistic of a detector whose limit is 2, over that limit. */
function run(
  signs: readonly (number | Sign)[],
  grouping = new IncidentGrouping({ holdMs: HOLD_MS }),
): IncidentChange[] {
  return signs.flatMap((sign, i) =>
    grouping.step(sampleOf(i, typeof sign === 'number' ? { ratio: sign } : sign)),
  );
}

function sampleOf(
  i: number,
  { ratio, blames = [1, 0], beyondLimit = [], repeats = false }: Sign,
): IncidentSample {
  const contributions = Float64Array.from(blames);
  const reading = ratio === undefined ? undefined : { statistic: 2 * ratio, limit: 2, contributions };
  return { ts: i * STEP_MS, reading, tagCodes: TAGS, beyondLimit, repeats };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const opened = (changes: IncidentChange[]) => changes.filter(({ kind }) => kind === 'opened');
const closed = (changes: IncidentChange[]) => changes.filter(({ kind }) => kind === 'closed');

describe('incident grouping', () => {
  it('opens with the sixth sample in a row beyond the limit, from the first of them on', () => {
    expect(run(times(5, 1.1))).toEqual([]);
    const [change, ...others] = run([...times(5, 1.1), 0.9, 0.9, ...times(6, 1.2)]);
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      kind: 'opened',
      incident: {
        openedBy: 'detector',
        startedAt: 7 * STEP_MS,
        detectedAt: 12 * STEP_MS,
        endedAt: null,
        grave: false,
      },
    });
  });

  it('keeps an alarm that flickers one incident, and ends it where it last showed', () => {
    const flickering = [...times(6, 1.5), ...times(8, 0.1), 0.95, ...times(8, 0.1), 3, ...times(10, 0.1)];
    const changes = run(flickering);
    expect(opened(changes)).toHaveLength(1);
    // signs 0 … 5, quiet 6 … 13, a sign at 14, quiet 15 … 22, the last sign at 23, over ten samples later
    expect(closed(changes).map(({ incident }) => incident)).toMatchObject([
      { startedAt: 0, lastSignAt: 23 * STEP_MS, endedAt: 23 * STEP_MS, peakRatio: 3, peakAt: 23 * STEP_MS },
    ]);
  });

  it('makes two of what a quiet hold time lies between', () => {
    const changes = run([...times(6, 1.5), ...times(10, 0.1), ...times(6, 1.5)]);
    expect(changes.filter(({ kind }) => kind !== 'continued').map(({ kind }) => kind)).toEqual([
      'opened',
      'closed',
      'opened',
    ]);
    expect(opened(changes)[1].incident.startedAt).toBe(16 * STEP_MS);
  });

  it('names the tags that moved first, whatever is louder later', () => {
    const first = { ratio: 1.1, blames: [3, 1] };
    const changes = run([...times(6, first), ...times(5, { ratio: 9, blames: [0, 1] })]);
    expect(changes.at(-1)?.incident.firstTags).toEqual([
      { tag: 'A', share: 0.75 },
      { tag: 'B', share: 0.25 },
    ]);
  });

  it('begins beyond the limit, not at it', () => {
    expect(run([1, ...times(6, 1.1)])[0].incident.startedAt).toBe(STEP_MS);
  });

  it('begins with a sample of its own after one that nothing more was known of', () => {
    // Still beyond the limit when the readings stop; two hold times later the alarm goes on.
    const changes = run([...times(9, 1.5), ...times(20, {}), 1.5]);
    expect(changes.map(({ kind }) => kind).filter((kind) => kind !== 'continued')).toEqual([
      'opened',
      'closed',
      'opened',
    ]);
    expect(changes.at(-1)?.incident.startedAt).toBe(29 * STEP_MS);
  });

  it('names five tags at the most, the loudest first, and none that was silent', () => {
    const blames = [1, 2, 0, 4, 3, 5, 6];
    const tagCodes = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
    const grouping = new IncidentGrouping();
    const changes = times(6, 1.5).flatMap((ratio, i) =>
      grouping.step({ ...sampleOf(i, { ratio, blames }), tagCodes }),
    );
    const total = 1 + 2 + 4 + 3 + 5 + 6;
    expect(changes.map(({ incident }) => incident.firstTags.map(({ tag }) => tag))).toEqual([
      ['G', 'F', 'D', 'E', 'B'],
    ]);
    changes[0].incident.firstTags.forEach(({ share }, i) =>
      expect(share).toBeCloseTo([6, 5, 4, 3, 2][i] / total, 12),
    );
    const two = run(times(6, { ratio: 1.5, blames: [0, 2] }));
    expect(two[0].incident.firstTags).toEqual([{ tag: 'B', share: 1 }]);
    expect(run(times(6, { ratio: 1.5, blames: [0, 0] }))[0].incident.firstTags).toEqual([]);
  });

  it('shares what its tags said in each of its first samples alike', () => {
    const signs = [
      ...times(3, { ratio: 1.5, blames: [30, 10] }),
      ...times(3, { ratio: 1.5, blames: [1, 3] }),
    ];
    expect(run(signs)[0].incident.firstTags).toEqual([
      { tag: 'A', share: 0.5 },
      { tag: 'B', share: 0.5 },
    ]);
  });

  it('takes nine tenths of the limit for a sign of what has opened, and nothing below', () => {
    const lastSign = (ratio: number): number | undefined =>
      run([...times(6, 1.5), ratio]).at(-1)?.incident.lastSignAt;
    expect(lastSign(0.9)).toBe(6 * STEP_MS);
    expect(lastSign(0.89)).toBe(5 * STEP_MS);
  });

  it('remembers the first of its highest peaks', () => {
    const [change] = run([...times(6, 1.5), 4, 2, 4]).slice(-1);
    expect(change.incident).toMatchObject({ peakRatio: 4, peakAt: 6 * STEP_MS });
    const [opened] = run(times(6, 1.5));
    expect(opened.incident).toMatchObject({ peakRatio: 1.5, peakAt: 5 * STEP_MS });
  });

  it('holds on for two hours and opens with the third sample of a standstill by default', () => {
    const grouping = new IncidentGrouping();
    const changes = run([0.5, ...times(3, { ratio: 0.5, repeats: true }), ...times(39, 0.1)], grouping);
    expect(opened(changes)).toMatchObject([{ incident: { startedAt: 3 * STEP_MS, firstTags: [] } }]);
    // The last sign at 3, 39 more samples, of which the 40th would be 2 h later.
    expect(closed(changes)).toEqual([]);
    expect(closed(grouping.step(sampleOf(43, { ratio: 0.1 })))).toMatchObject([
      { incident: { endedAt: 3 * STEP_MS } },
    ]);
  });

  it('counts a standstill anew after a sample that moved, and after a gap', () => {
    const still = { ratio: 0.5, repeats: true };
    const grouping = new IncidentGrouping({ holdMs: HOLD_MS });
    expect(run([0.5, still, still, 0.5, still, still], grouping)).toEqual([]);
    grouping.interrupt();
    expect(grouping.step(sampleOf(90, still))).toEqual([]);
  });

  it('is not opened by a detector that is not ready, nor by one that is back within its limit', () => {
    expect(run([...times(5, 1.5), {}, {}, {}])).toEqual([]);
    const grouping = new IncidentGrouping({ holdMs: HOLD_MS });
    // The alarm goes on below the limit when the incident it had opened is over.
    const changes = run([...times(6, 1.5), ...times(20, 0.85)], grouping);
    expect(closed(changes)).toHaveLength(1);
    expect(opened(changes)).toHaveLength(1);
  });

  it('grows worse with its size and its length, and is critical at a limit or a standstill', () => {
    const [{ incident }] = run(times(6, 1.5));
    expect(incidentSeverity(incident)).toBe('low');
    expect(incidentSeverity({ ...incident, peakRatio: 6 })).toBe('high');
    expect(incidentSeverity({ ...incident, lastSignAt: incident.startedAt + 3 * 60 * MINUTE_MS })).toBe(
      'medium',
    );
    expect(incidentSeverity({ ...incident, grave: true })).toBe('critical');
  });

  it('opens at once when a shutdown limit is reached, and is critical', () => {
    const [change] = run([{ ratio: 0.5, beyondLimit: ['B'] }]);
    expect(change).toMatchObject({
      kind: 'opened',
      incident: { openedBy: 'limit', startedAt: 0, firstTags: [{ tag: 'B', share: 1 }] },
    });
    expect(incidentSeverity(change.incident)).toBe('critical');
  });

  it('counts a tag that stays beyond its limit once, and anew when it has been back', () => {
    const beyond = { ratio: 0.5, beyondLimit: ['B'] };
    expect(closed(run(times(11, beyond)))).toMatchObject([{ incident: { lastSignAt: 0 } }]);
    expect(closed(run([beyond, 0.5, ...times(9, beyond)]))).toEqual([]);
  });

  it('opens when the plant has stood still for three samples, and stays open as long as it does', () => {
    const still = { ratio: 0.5, repeats: true };
    expect(run([0.5, still, still])).toEqual([]);
    const changes = run([0.5, ...times(30, still), ...times(10, 0.5)]);
    expect(changes[0]).toMatchObject({ kind: 'opened', incident: { openedBy: 'standstill', grave: true } });
    expect(closed(changes)).toMatchObject([{ incident: { endedAt: 30 * STEP_MS } }]);
  });

  it('adds a trip to the incident that led to it', () => {
    const changes = run([
      ...times(6, 2),
      { ratio: 30, beyondLimit: ['A'] },
      ...times(5, { ratio: 30, repeats: true }),
    ]);
    expect(opened(changes)).toHaveLength(1);
    expect(changes.at(-1)?.incident).toMatchObject({ openedBy: 'detector', grave: true });
  });

  it('closes one and opens another with the first sample after a long gap', () => {
    const grouping = new IncidentGrouping({ holdMs: HOLD_MS });
    run(times(6, 2), grouping);
    grouping.interrupt();
    expect(grouping.step(sampleOf(50, { beyondLimit: ['A'] })).map(({ kind }) => kind)).toEqual([
      'closed',
      'opened',
    ]);
  });

  it('forgets what had begun to show before a gap', () => {
    const grouping = new IncidentGrouping({ holdMs: HOLD_MS });
    run(times(5, 2), grouping);
    grouping.interrupt();
    expect(times(5, 2).flatMap((ratio, i) => grouping.step(sampleOf(60 + i, { ratio })))).toEqual([]);
    expect(grouping.step(sampleOf(65, { ratio: 2 }))).toMatchObject([
      { incident: { startedAt: 60 * STEP_MS } },
    ]);
  });

  it('goes on from a snapshot as if nothing had happened', () => {
    const signs = [
      ...times(4, 1.1),
      ...times(4, 1.3),
      ...times(4, 0.5),
      { beyondLimit: ['A'] },
      ...times(11, 0.5),
    ];
    for (let cut = 0; cut < signs.length; cut++) {
      const before = new IncidentGrouping({ holdMs: HOLD_MS });
      const after = new IncidentGrouping({ holdMs: HOLD_MS });
      const changes = run(signs.slice(0, cut), before);
      after.restore(JSON.parse(JSON.stringify(before.snapshot())) as IncidentGroupingSnapshot);
      signs.slice(cut).forEach((sign, i) => {
        changes.push(...after.step(sampleOf(cut + i, typeof sign === 'number' ? { ratio: sign } : sign)));
      });
      expect(changes).toEqual(run(signs));
    }
  });

  it.each([{ holdMs: 0 }, { holdMs: NaN }, { standstillDelay: 0 }, { standstillDelay: 1.5 }])(
    'refuses %j',
    (options) => {
      expect(() => new IncidentGrouping(options)).toThrow(RangeError);
      expect(() => new IncidentGrouping(options)).toThrow(Object.keys(options)[0]);
      expect(() => new IncidentGrouping({ holdMs: 1, standstillDelay: 1 })).not.toThrow();
    },
  );
});
