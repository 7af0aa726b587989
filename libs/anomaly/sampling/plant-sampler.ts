import { DECIDING_TIMES, isUnwatched, LOOK_BACK_MS, samplingOf, type TagSampling } from '#timeseries';
import { type SampleBatch, SAMPLING_INTERVAL_MS } from '../detection/detector-stream.js';

/** Samples of single tags closer than this to the first of them are one plant sample. */
export const SAMPLE_WIDTH_MS = SAMPLING_INTERVAL_MS / 2;
/** Looked through first where nothing says how often samples come: that is known only once some are read. */
const FIRST_LOOK_MS = 20 * SAMPLING_INTERVAL_MS;
/** Longest stretch looked through at a time in search of samples. */
const LONGEST_LOOK_MS = 100 * SAMPLING_INTERVAL_MS;
/** What the grid follows from is looked up once in such a stretch of plant time. */
const BLOCK_MS = 5 * SAMPLING_INTERVAL_MS;
/** How far back deliveries of the analysers are looked for: five of the fast ones. */
const DELIVERIES_MS = 30 * 60_000;
/** Between two actions of the plant's controllers are three seconds; commands that rest for longer say nothing. */
const CONTROL_MS = 10_000;
/** Where the controllers acted at least this share of the commands that move at all has moved. */
const ACTING_SHARE = 0.75;
/** One delivery may have been seen late. */
const LEAST_DELIVERIES = 2;
/** A sample this share of its interval off an instant is still the one of that instant. */
const OFF_INSTANT = 0.25;

/** What the sampler needs to know of a tag. */
export interface SampledTag {
  code: string;
  samplingIntervalMs: number;
}

/** Two neighbouring samples of an analyser between which it delivered. */
export interface Delivery {
  from: number;
  to: number;
}

/** The stored samples of some tags, in the order of the tags. */
export interface StoredSamples {
  readonly tags: readonly SampledTag[];
  /** The newest times of each tag at or before a moment, newest first, DECIDING_TIMES at the most. */
  newestTimes(until: number): Promise<readonly (readonly number[])[]>;
  /** Everything in `[from, end)`; the end is `to`, or before it where that would be too much at a time. */
  rows(from: number, to: number): Promise<SampleBatch & { end: number }>;
  /** Of each moment, tag by tag, the newest sample at or before it, NaN for none within 15 min; a bad one has no value. */
  at(moments: readonly number[]): Promise<{ times: Float64Array; values: Float64Array; bad?: Uint8Array }>;
  /** Deliveries of the analyser that delivers most often in `(after, until]`, the newest first, and its first sample. */
  deliveries(after: number, until: number): Promise<{ found: readonly Delivery[]; since: number | null }>;
  /** Times in `(after, until]` at which valve commands had moved since the sample before, one for each command. */
  commandTimes(after: number, until: number): Promise<readonly number[]>;
}

/** Plant samples, with what of them may be scored. */
export interface PlantSamples extends SampleBatch {
  /** Row-major as the values: 1 where the tag is sampled otherwise than the models have learnt. */
  unwatched: Uint8Array;
  /** 1 for a sample of the plant's grid, 0 for one at its own time. */
  onGrid: Uint8Array;
  /** 1 for a sample that does not continue the spacing of the one before: the past says nothing about it. */
  afresh: Uint8Array;
}

/** The sample before the next one. */
export interface SamplePosition {
  ts: number;
  onGrid: boolean;
}

/** No sample yet, or none that the next one continues. */
export const NO_POSITION: SamplePosition = { ts: -Infinity, onGrid: false };

/** How the next sample is to be taken. */
type Plan =
  | { kind: 'own'; times: number[][] }
  | { kind: 'grid'; phase: number; samplings: TagSampling[] }
  | { kind: 'wait' };

/**
 * Turns stored samples into those the models have learnt from: the values of one instant, every 180 s.
 *
 * - Samples that come at about the plant's interval stand for themselves, at their own times; tags that are posted apart
 *   by less than 90 s are joined.
 * - From samples that come faster those of the instants `phase + k · 180 s` are taken, and no others: a mean would have
 *   less noise than the models know. The phase is that of the plant's own recorder, as its analysers and valves show it: it
 *   reads when the controllers have acted and before the analysers deliver. So an instant is the last sample before a
 *   delivery at which commands had moved; a second beside it, values no longer hang together as the models know.
 *   Without analysers instants are whole multiples of 180 s since 1970. A tag without a sample within a quarter of its
 *   interval of the instant has no value there; an instant without any value makes no sample.
 * - Tags that come slower, or faster but past the instants, are marked; nothing can be said of them.
 *
 * All of it follows from what is stored up to the sample and from the sample before, whichever way the time is cut into
 * calls, so that scoring again, or in another process, meets the same instants.
 */
export class PlantSampler {
  constructor(private readonly stored: StoredSamples) {}

  /** The next samples, `count` at the most, that begin in `[from, to]`, after the one at `before`. */
  async next(before: SamplePosition, from: number, to: number, count: number): Promise<PlantSamples> {
    const taken = new TakenSamples(this.stored.tags.length, before);
    let look = 0;
    let known: number[][] | undefined;
    for (let at = from; at <= to && taken.count < count;) {
      const plan = await this.planAt(at, taken.position, known);
      known = undefined;
      if (plan.kind === 'wait') at += SAMPLING_INTERVAL_MS;
      else if (plan.kind === 'grid') at = await this.takeFromGrid(plan, at, to, count, taken);
      else {
        const { times } = plan;
        const first = times.some(({ length }) => length >= DECIDING_TIMES) ? LONGEST_LOOK_MS : FIRST_LOOK_MS;
        look = look > 0 ? Math.min(2 * look, LONGEST_LOOK_MS) : Math.min(count * SAMPLING_INTERVAL_MS, first);
        at = await this.takeOwn(times, at, Math.min(at + look, to + 1), count, taken);
        known = times.map((newest) => newest.filter((ts) => ts > at - 1 - LOOK_BACK_MS));
      }
    }
    return taken.batch();
  }

  /** @param known the newest times before `at`, if they are known */
  private async planAt(at: number, position: SamplePosition, known?: number[][]): Promise<Plan> {
    const block = Math.floor(at / BLOCK_MS) * BLOCK_MS;
    if (position.onGrid) {
      const times = await this.stored.newestTimes(block);
      const samplings = this.samplings(times);
      const phase = isFast(samplings) ? await this.phaseAt(block, position, samplings) : undefined;
      if (phase !== undefined) return { kind: 'grid', phase, samplings };
    }
    const times = known ?? (await this.timesBefore(at));
    const samplings = this.samplings(times);
    if (!isFast(samplings)) return { kind: 'own', times };
    const phase = await this.phaseAt(at - 1, position, samplings);
    return phase === undefined ? { kind: 'wait' } : { kind: 'grid', phase, samplings };
  }

  /** @returns the grid's phase, or undefined while it is too early to say */
  private async phaseAt(
    until: number,
    position: SamplePosition,
    samplings: readonly TagSampling[],
  ): Promise<number | undefined> {
    const { found: seen, since } = await this.stored.deliveries(until - DELIVERIES_MS, until);
    // An analyser that is stored with each new analysis alone does not show when it had not yet delivered.
    const found = seen.filter(({ from, to }) => to - from <= SAMPLING_INTERVAL_MS);
    const kept = position.onGrid ? phaseOf(position.ts) : undefined;
    if (found.length < LEAST_DELIVERIES) {
      if (kept !== undefined) return kept;
      const isYoung = since !== null && since > until - DELIVERIES_MS + SAMPLING_INTERVAL_MS;
      return isYoung ? undefined : 0;
    }
    const sharpest = found.reduce((best, each) => (each.to - each.from < best.to - best.from ? each : best));
    const moved = await this.stored.commandTimes(sharpest.from - CONTROL_MS, sharpest.from);
    const actions = actionsOf(moved);
    const phase = phaseOf(actions.length > 0 ? Math.max(...actions) : sharpest.from);
    if (kept === undefined) return phase;
    const intervalMs = Math.min(...samplings.map((sampling) => sampling.intervalMs ?? Infinity));
    const near = OFF_INSTANT * intervalMs;
    // Commands at their stops hardly show when the controllers act: what is known is kept unless they speak against it.
    if (actions.some((ts) => phaseDistance(kept, phaseOf(ts)) <= near)) return kept;
    const isVague = actions.length === 0 && intervalMs <= CONTROL_MS / 2;
    return phaseDistance(kept, phase) <= (isVague ? CONTROL_MS : near) ? kept : phase;
  }

  /** @returns where to go on */
  private async takeFromGrid(
    { phase, samplings }: Plan & { kind: 'grid' },
    at: number,
    to: number,
    count: number,
    taken: TakenSamples,
  ): Promise<number> {
    const first = Math.ceil((at - phase) / SAMPLING_INTERVAL_MS) * SAMPLING_INTERVAL_MS + phase;
    if (first > to) return to + 1;
    const blockEnd = (Math.floor(at / BLOCK_MS) + 1) * BLOCK_MS;
    const instants = [first];
    // Until the next block begins the same is known, but for the first sample of a grid.
    while (taken.position.onGrid && instants.length < count - taken.count) {
      const instant = instants[instants.length - 1] + SAMPLING_INTERVAL_MS;
      if (instant - SAMPLE_WIDTH_MS >= blockEnd || instant > to) break;
      instants.push(instant);
    }
    const fast = samplings.filter(({ state }) => state === 'faster');
    const spread = fast.length > 0 ? Math.min(...fast.map(offInstant)) : 0;
    const { times, values, bad } = await this.stored.at(instants.map((instant) => instant + spread));
    const tags = this.stored.tags.length;
    for (const [i, instant] of instants.entries()) {
      const sample = new Float64Array(tags).fill(NaN);
      const isBad = new Uint8Array(tags);
      let missed = 0;
      for (let tag = 0; tag < tags; tag++) {
        const isFaster = samplings[tag].state === 'faster';
        const age = instant - times[i * tags + tag];
        const longest = Math.max(SAMPLING_INTERVAL_MS, this.stored.tags[tag].samplingIntervalMs);
        if (isFaster ? Math.abs(age) <= offInstant(samplings[tag]) : age < longest) {
          sample[tag] = values[i * tags + tag];
          isBad[tag] = bad?.[i * tags + tag] ?? 0;
        } else if (isFaster) missed++;
      }
      if (missed > fast.length / 2 && !isFast(this.samplings(await this.stored.newestTimes(instant)))) {
        const begin = i === 0 ? at : instants[i - 1] + SAMPLE_WIDTH_MS;
        const end = Math.min(instant + SAMPLING_INTERVAL_MS, to + 1);
        return this.takeOwn(await this.timesBefore(begin), begin, end, count, taken);
      }
      taken.add(instant, { values: sample, bad: isBad }, samplings, true);
    }
    return instants[instants.length - 1] + SAMPLE_WIDTH_MS;
  }

  /**
   * @param times the newest ones before `at`; afterwards, those before where to go on
   * @returns where to go on
   */
  private async takeOwn(
    times: number[][],
    at: number,
    until: number,
    count: number,
    taken: TakenSamples,
  ): Promise<number> {
    const read = await this.stored.rows(at, until + SAMPLE_WIDTH_MS);
    const { timestamps, values, bad } = read;
    let end = read.end - SAMPLE_WIDTH_MS;
    const tags = times.length;
    for (let row = 0; row < timestamps.length && timestamps[row] < end;) {
      const ts = timestamps[row];
      const joined = new Float64Array(tags).fill(NaN);
      const isBad = new Uint8Array(tags);
      for (; row < timestamps.length && timestamps[row] < ts + SAMPLE_WIDTH_MS; row++) {
        for (let tag = 0; tag < tags; tag++) {
          const value = values[row * tags + tag];
          if (Number.isNaN(value) && bad?.[row * tags + tag] !== 1) continue;
          // A bad one counts only where there is no other.
          if (!Number.isNaN(value)) joined[tag] = value;
          isBad[tag] = Number.isNaN(joined[tag]) ? 1 : 0;
          times[tag].unshift(timestamps[row]);
          if (times[tag].length > DECIDING_TIMES) times[tag].pop();
        }
      }
      const samplings = this.samplings(times);
      taken.add(ts, { values: joined, bad: isBad }, samplings, false);
      if (isFast(samplings) || taken.count >= count) return ts + SAMPLE_WIDTH_MS;
      // What belongs to the last sample may have come behind the end of the look.
      end = Math.max(end, ts + SAMPLE_WIDTH_MS);
    }
    return end;
  }

  private async timesBefore(at: number): Promise<number[][]> {
    return (await this.stored.newestTimes(at - 1)).map((known) => [...known]);
  }

  /** Tags that are sent together are assessed together. */
  private samplings(times: readonly (readonly number[])[]): TagSampling[] {
    const { tags } = this.stored;
    const samplings: TagSampling[] = [];
    for (let i = 0; i < tags.length; i++) {
      const isAsBefore =
        i > 0 &&
        tags[i].samplingIntervalMs === tags[i - 1].samplingIntervalMs &&
        areEqual(times[i], times[i - 1]);
      samplings.push(isAsBefore ? samplings[i - 1] : samplingOf(times[i], tags[i]));
    }
    return samplings;
  }
}

function areEqual(some: readonly number[], others: readonly number[]): boolean {
  if (some.length !== others.length) return false;
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return true;
}

/** The samples of one call. */
class TakenSamples {
  position: SamplePosition;
  private readonly times: number[] = [];
  private readonly rows: Float64Array[] = [];
  private readonly bads: Uint8Array[] = [];
  private readonly marks: Uint8Array[] = [];
  private readonly onGrid: number[] = [];
  private readonly afresh: number[] = [];

  constructor(
    private readonly tags: number,
    private readonly before: SamplePosition,
  ) {
    this.position = before;
  }

  get count(): number {
    return this.times.length;
  }

  add(
    ts: number,
    { values, bad }: { values: Float64Array; bad: Uint8Array },
    samplings: readonly TagSampling[],
    onGrid: boolean,
  ): void {
    if (onGrid && values.every(Number.isNaN) && !bad.includes(1)) return;
    const before =
      this.count > 0 ? { ts: this.times[this.count - 1], onGrid: this.onGrid.at(-1) === 1 } : this.before;
    const continues = before.onGrid === onGrid && (!onGrid || phaseOf(ts) === phaseOf(before.ts));
    this.times.push(ts);
    this.rows.push(values);
    this.bads.push(bad);
    this.marks.push(
      Uint8Array.from(samplings, ({ state }) => (isUnwatched(state) && state !== 'never_sent' ? 1 : 0)),
    );
    this.onGrid.push(onGrid ? 1 : 0);
    this.afresh.push(before.ts === -Infinity || continues ? 0 : 1);
    this.position = { ts, onGrid };
  }

  batch(): PlantSamples {
    const values = new Float64Array(this.count * this.tags);
    const unwatched = new Uint8Array(this.count * this.tags);
    this.rows.forEach((row, i) => values.set(row, i * this.tags));
    this.marks.forEach((row, i) => unwatched.set(row, i * this.tags));
    const bad = this.bads.some((row) => row.includes(1)) ? new Uint8Array(values.length) : undefined;
    this.bads.forEach((row, i) => bad?.set(row, i * this.tags));
    return {
      timestamps: Float64Array.from(this.times),
      values,
      ...(bad && { bad }),
      unwatched,
      onGrid: Uint8Array.from(this.onGrid),
      afresh: Uint8Array.from(this.afresh),
    };
  }
}

/** Times at which the controllers acted: single commands also move between, where they run into their stops. */
function actionsOf(moved: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const ts of moved) counts.set(ts, (counts.get(ts) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  return [...counts].filter(([, count]) => count >= ACTING_SHARE * most).map(([ts]) => ts);
}

/** Whether so many tags are marked that no detector can score the others. */
export function isMostlyMarked(unwatched: Uint8Array): boolean {
  return unwatched.length > 0 && unwatched.reduce((sum, mark) => sum + mark, 0) >= unwatched.length / 2;
}

/** Whether some tag comes more often than the plant's interval. */
function isFast(samplings: readonly TagSampling[]): boolean {
  return samplings.some(({ state }) => state === 'faster' || state === 'off_grid');
}

/** How far from an instant a sample may lie that stands for it [ms]. */
function offInstant({ intervalMs }: TagSampling): number {
  return OFF_INSTANT * (intervalMs ?? 0);
}

function phaseOf(ts: number): number {
  return ((ts % SAMPLING_INTERVAL_MS) + SAMPLING_INTERVAL_MS) % SAMPLING_INTERVAL_MS;
}

function phaseDistance(a: number, b: number): number {
  const apart = Math.abs(a - b) % SAMPLING_INTERVAL_MS;
  return Math.min(apart, SAMPLING_INTERVAL_MS - apart);
}

/** The first rows of a batch; all of them when `count` is negative or larger. */
export function firstSamples(batch: PlantSamples, count: number, tags: number): PlantSamples {
  if (count < 0 || count >= batch.timestamps.length) return batch;
  return {
    timestamps: batch.timestamps.subarray(0, count),
    values: batch.values.subarray(0, count * tags),
    ...(batch.bad && { bad: batch.bad.subarray(0, count * tags) }),
    unwatched: batch.unwatched.subarray(0, count * tags),
    onGrid: batch.onGrid.subarray(0, count),
    afresh: batch.afresh.subarray(0, count),
  };
}

/** Parts that follow one another as one batch. */
export function joinSamples(parts: readonly PlantSamples[], tags: number): PlantSamples {
  const rows = parts.reduce((sum, { timestamps }) => sum + timestamps.length, 0);
  const joined: PlantSamples = {
    timestamps: new Float64Array(rows),
    values: new Float64Array(rows * tags),
    ...(parts.some(({ bad }) => bad) && { bad: new Uint8Array(rows * tags) }),
    unwatched: new Uint8Array(rows * tags),
    onGrid: new Uint8Array(rows),
    afresh: new Uint8Array(rows),
  };
  let row = 0;
  for (const part of parts) {
    joined.timestamps.set(part.timestamps, row);
    joined.values.set(part.values, row * tags);
    if (part.bad) joined.bad?.set(part.bad, row * tags);
    joined.unwatched.set(part.unwatched, row * tags);
    joined.onGrid.set(part.onGrid, row);
    joined.afresh.set(part.afresh, row);
    row += part.timestamps.length;
  }
  return joined;
}

/** The samples in which some tag has a value: to those who look back, bad values only are a gap. */
export function withValues(batch: PlantSamples, tags: number): PlantSamples {
  const hasValue = (row: number): boolean =>
    !batch.values.subarray(row * tags, (row + 1) * tags).every(Number.isNaN);
  const rows = Array.from(batch.timestamps.keys());
  const kept = rows.filter(hasValue);
  if (kept.length === rows.length) return batch;
  // What begins afresh with a sample that is left out does so with the next one.
  const afresh = kept.map((row, i) =>
    batch.afresh.subarray(i === 0 ? 0 : kept[i - 1] + 1, row + 1).includes(1),
  );
  const cells = kept.flatMap((row) => Array.from({ length: tags }, (_, tag) => row * tags + tag));
  const { bad } = batch;
  return {
    timestamps: Float64Array.from(kept, (row) => batch.timestamps[row]),
    values: Float64Array.from(cells, (cell) => batch.values[cell]),
    ...(bad && { bad: Uint8Array.from(cells, (cell) => bad[cell]) }),
    unwatched: Uint8Array.from(cells, (cell) => batch.unwatched[cell]),
    onGrid: Uint8Array.from(kept, (row) => batch.onGrid[row]),
    afresh: Uint8Array.from(afresh, Number),
  };
}
