import { describe, expect, it } from '#jest';
import { AlarmEpisodes, type EpisodeChange, episodeSeverity } from './alarm-episode.js';

const LIMIT = 10;
const MINUTE = 60_000;

/** Statistics one per minute from minute 0; contributions all on the second of two tags unless given. */
function run(
  statistics: number[],
  episodes = new AlarmEpisodes({ onDelay: 3, offDelay: 2, hysteresis: 0.8 }),
): (EpisodeChange | undefined)[] {
  return statistics.map((statistic, minute) =>
    episodes.step(minute * MINUTE, statistic, LIMIT, Float64Array.of(0, statistic)),
  );
}

describe('alarm episodes', () => {
  it('ignores excursions shorter than the on-delay', () => {
    expect(run([5, 11, 12, 5, 11, 5])).toEqual(new Array(6).fill(undefined));
  });

  it('opens with the on-delay and dates the start at the first sample beyond the limit', () => {
    const opened = run([5, 11, 14, 12])[3];
    expect(opened).toMatchObject({
      kind: 'opened',
      episode: {
        startedAt: MINUTE,
        detectedAt: 3 * MINUTE,
        endedAt: null,
        peak: 14,
        peakAt: 2 * MINUTE,
        sampleCount: 3,
      },
    });
  });

  it('waits six samples either way and takes nine tenths of the limit for the lower threshold by default', () => {
    const kinds = (statistics: number[]) =>
      run(statistics, new AlarmEpisodes()).map((change) => change?.kind);
    const above = new Array<number>(6).fill(11);
    expect(kinds(above)).toEqual([...new Array<undefined>(5).fill(undefined), 'opened']);
    expect(kinds([...above, ...new Array<number>(5).fill(8.9)]).slice(6)).toEqual(
      new Array(5).fill('continued'),
    );
    expect(kinds([...above, ...new Array<number>(6).fill(8.9)]).at(-1)).toBe('closed');
    // Nine tenths itself is not below.
    expect(kinds([...above, ...new Array<number>(12).fill(9)]).at(-1)).toBe('continued');
  });

  it('does not take a statistic at the limit for one beyond it', () => {
    expect(run([10, 10, 10, 10])).toEqual(new Array(4).fill(undefined));
    expect(run([11, 11, 10, 11, 11])).toEqual(new Array(5).fill(undefined));
  });

  it('is open from the on-delay to the end', () => {
    const episodes = new AlarmEpisodes({ onDelay: 2, offDelay: 1 });
    const open = [11, 11, 9.5, 5, 11].map((statistic, minute) => {
      episodes.step(minute * MINUTE, statistic, LIMIT, Float64Array.of(1));
      return episodes.isOpen;
    });
    expect(open).toEqual([false, true, true, false, false]);
  });

  it('has no shares where nothing speaks, and keeps those of the samples in which something did', () => {
    const episodes = new AlarmEpisodes({ onDelay: 2 });
    episodes.step(0, 11, LIMIT, Float64Array.of(0, 0));
    expect(episodes.step(MINUTE, 11, LIMIT, Float64Array.of(0, 0))?.episode.shares).toEqual([0, 0]);
    expect(episodes.step(2 * MINUTE, 11, LIMIT, Float64Array.of(1, 4))?.episode.shares).toEqual([0.2, 0.8]);
  });

  it('forgets excursions before an interruption without an episode', () => {
    const episodes = new AlarmEpisodes({ onDelay: 2 });
    episodes.step(0, 11, LIMIT, Float64Array.of(1));
    expect(episodes.interrupt(MINUTE)).toBeUndefined();
    expect(episodes.step(2 * MINUTE, 11, LIMIT, Float64Array.of(1))).toBeUndefined();
  });

  it.each([
    [{ onDelay: 0 }, 'onDelay 0'],
    [{ onDelay: 1.5 }, 'onDelay 1.5'],
    [{ offDelay: 0 }, 'offDelay 0'],
    [{ offDelay: NaN }, 'offDelay NaN'],
    [{ hysteresis: 0 }, 'hysteresis 0 is not in (0, 1]'],
    [{ hysteresis: 1.1 }, 'hysteresis 1.1'],
  ])('refuses %j', (options, message) => {
    expect(() => new AlarmEpisodes(options)).toThrow(message);
    expect(() => new AlarmEpisodes({ onDelay: 1, offDelay: 1, hysteresis: 1 })).not.toThrow();
  });

  it('goes on between the lower threshold and the limit, and ends after the off-delay below it', () => {
    // 0.8 · 10 = 8: 9 neither ends nor renews it; 7, 7 end it at the first of the two.
    const changes = run([11, 11, 11, 9, 7, 9, 7, 7]);
    expect(changes.map((change) => change?.kind)).toEqual([
      undefined,
      undefined,
      'opened',
      'continued',
      'continued',
      'continued',
      'continued',
      'closed',
    ]);
    expect(changes[7]?.episode.endedAt).toBe(6 * MINUTE);
  });

  it('gives each sample the same weight in the shares', () => {
    const episodes = new AlarmEpisodes({ onDelay: 2 });
    episodes.step(0, 11, LIMIT, Float64Array.of(300, 100));
    const opened = episodes.step(MINUTE, 11, LIMIT, Float64Array.of(1, 3));
    // (0.75 + 0.25) / 2 = 0.5
    expect(opened?.episode.shares).toEqual([0.5, 0.5]);
  });

  it('continues from a snapshot as if nothing had happened', () => {
    const statistics = [11, 13, 12, 9, 7, 7];
    const whole = run(statistics);
    const first = new AlarmEpisodes({ onDelay: 3, offDelay: 2, hysteresis: 0.8 });
    run(statistics.slice(0, 2), first);
    const second = new AlarmEpisodes({ onDelay: 3, offDelay: 2, hysteresis: 0.8 });
    second.restore(JSON.parse(JSON.stringify(first.snapshot())) as ReturnType<typeof first.snapshot>);
    const rest = statistics
      .slice(2)
      .map((statistic, i) => second.step((i + 2) * MINUTE, statistic, LIMIT, Float64Array.of(0, statistic)));
    expect(rest).toEqual(whole.slice(2));
  });

  it('closes an open episode when the stream is interrupted', () => {
    const episodes = new AlarmEpisodes({ onDelay: 1 });
    episodes.step(0, 11, LIMIT, Float64Array.of(1));
    expect(episodes.interrupt(5 * MINUTE)).toMatchObject({
      kind: 'closed',
      episode: { endedAt: 5 * MINUTE },
    });
    expect(episodes.interrupt(6 * MINUTE)).toBeUndefined();
  });

  it('is more severe the farther and the longer it goes', () => {
    expect(episodeSeverity(1.5, 0)).toBe('low');
    expect(episodeSeverity(2, 0)).toBe('medium');
    expect(episodeSeverity(6, 0)).toBe('high');
    expect(episodeSeverity(25, 0)).toBe('critical');
    expect(episodeSeverity(1.5, 3 * 3_600_000)).toBe('medium');
    expect(episodeSeverity(1.5, 9 * 3_600_000)).toBe('high');
    // The bounds themselves, and what is just below them.
    expect([1.99, 5, 4.99, 20, 19.99].map((ratio) => episodeSeverity(ratio, 0))).toEqual([
      ...['low', 'high', 'medium', 'critical', 'high'],
    ]);
    expect([2, 8].map((hours) => episodeSeverity(1, hours * 3_600_000))).toEqual(['medium', 'high']);
    expect([2, 8].map((hours) => episodeSeverity(1, hours * 3_600_000 - 1))).toEqual(['low', 'medium']);
    expect(episodeSeverity(6, 3 * 3_600_000)).toBe('high');
  });
});
