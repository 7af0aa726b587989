import { LONGEST_GAP_MS, SAMPLING_INTERVAL_MS, type DetectorScore, type ScoredSample } from '#anomaly';
import type { DetectorName } from '#ml';
import type { SensorTag } from '#equipment';
import { isFrozen, type TagValues } from '#tep';
import { type AlarmSettings, limitsHeldIn, limitState } from '#timeseries';
import {
  deviationPoints,
  type HealthDriver,
  limitPoints,
  type ReachedLimit,
  type Score,
  scoreOf,
  stalePoints,
} from './equipment-score.js';

/** What the tracker needs to know of a tag. */
export type TrackedTag = Pick<SensorTag, 'code' | 'equipmentId' | 'samplingIntervalMs'> & AlarmSettings;

/** The score of one equipment after one sample. */
export interface EquipmentScore extends Score {
  equipmentId: number;
  ts: number;
}

type ByTag<T> = Record<string, T>;

/** What the tracker remembers between two samples, JSON-serialisable. */
export interface HealthTrackerState {
  lastTs: number | null;
  /** Smoothed points by detector and tag. */
  deviations: Partial<Record<DetectorName, ByTag<number>>>;
  alarms: ByTag<ReachedLimit>;
  /** When each tag last had a value; of a tag that never had one, the first sample. */
  seenAt: ByTag<number>;
  /** Tags that have had a value; of states of earlier versions it is not known. */
  spoken?: ByTag<true>;
  /** When each tag without a value since last had a bad sample; absent in what older versions have written. */
  badAt?: ByTag<number>;
  /** Values of the last sample. */
  values: TagValues;
}

/**
 * Share of the newest sample in the smoothed points: a step is felt to 2/3 after five samples (15 min), which is about
 * the time the alarm episodes wait, and a single false alarm costs a fifth of its points.
 */
const SMOOTHING = 0.2;
/** Smoothed points below this are forgotten. */
const LEAST_POINTS = 1e-3;
/** A sensor is silent after so many of its intervals without a value, be it that it sends nothing or bad values only. */
const SILENT_INTERVALS = 3;

/**
 * Turns scored samples into a score of every equipment, sample by sample.
 *
 * - Each detector's points (equipment-score.ts) are shared out to the tags by their contributions, so that the unit
 *   with the largest contributions bears all of them and the others in proportion; so the worst unit scores what the
 *   plant as a whole does. They are smoothed exponentially; of several detectors the most alarmed one counts.
 * - Values beyond alarm limits and silent sensors take their points at once; a silent one whose samples are bad says so.
 * - Sensors that are sampled otherwise than detectors have learnt cannot be scored and take the points of silent ones.
 * - While the plant stands still, of units without any sensor that speaks and can be scored, and of all of them while the
 *   detectors cannot score the plant, there is no score.
 */
export class HealthTracker {
  private readonly units: Map<number, TrackedTag[]>;
  private readonly state: HealthTrackerState;

  constructor(tags: readonly TrackedTag[], state: HealthTrackerState | undefined) {
    this.state = structuredClone(state) ?? {
      lastTs: null,
      deviations: {},
      alarms: {},
      seenAt: {},
      values: {},
    };
    this.units = new Map();
    for (const tag of tags) {
      const unit = this.units.get(tag.equipmentId);
      if (unit) unit.push(tag);
      else this.units.set(tag.equipmentId, [tag]);
    }
  }

  /** @param tagCodes of the sample's values and contributions */
  step(sample: ScoredSample, tagCodes: readonly string[]): EquipmentScore[] {
    const { state } = this;
    const { ts } = sample;
    const values = valuesOf(sample, tagCodes);
    this.noteBad(sample, tagCodes);
    // Bad values only: as if there were no sample.
    if (Object.keys(values).length === 0) return [];
    const standsStill = isFrozen(state.values, values);
    const afresh = standsStill || (state.lastTs !== null && ts - state.lastTs > LONGEST_GAP_MS);
    this.noteValues(ts, values);
    this.smoothDeviations(afresh ? {} : state.deviations, standsStill ? [] : sample.scores, tagCodes);
    state.lastTs = ts;
    state.values = values;
    if (standsStill || sample.isBlind) return [];
    const unwatched = new Set(tagCodes.filter((_, i) => sample.unwatched[i] === 1));
    return [...this.units].flatMap(([equipmentId, tags]) => this.scoreUnit(equipmentId, tags, unwatched, ts));
  }

  snapshot(): HealthTrackerState {
    return structuredClone(this.state);
  }

  private noteBad({ ts, bad }: ScoredSample, tagCodes: readonly string[]): void {
    if (!bad) return;
    const badAt = (this.state.badAt ??= {});
    tagCodes.forEach((code, i) => {
      if (bad[i] === 1) badAt[code] = ts;
    });
  }

  private noteValues(ts: number, values: TagValues): void {
    const { alarms, seenAt, badAt } = this.state;
    const spoken = (this.state.spoken ??= Object.fromEntries(
      Object.keys(seenAt).map((code) => [code, true]),
    ));
    for (const tag of [...this.units.values()].flat()) {
      const { code } = tag;
      const value = values[code];
      // A tag that never spoke gets the time of a silent sensor from the first sample on.
      if (value === undefined) {
        seenAt[code] ??= ts;
        continue;
      }
      seenAt[code] = ts;
      spoken[code] = true;
      if (badAt) delete badAt[code];
      const alarm = limitState(value, tag, limitsHeldIn(alarms[code] ?? 'normal'));
      if (alarm === 'normal') delete alarms[code];
      else alarms[code] = alarm;
    }
  }

  private smoothDeviations(
    before: HealthTrackerState['deviations'],
    scores: readonly DetectorScore[],
    tagCodes: readonly string[],
  ): void {
    const after: HealthTrackerState['deviations'] = {};
    for (const score of scores) {
      const points = this.pointsByTag(score, tagCodes);
      const known = before[score.detector] ?? {};
      const smoothed: ByTag<number> = {};
      tagCodes.forEach((code, i) => {
        const value = (known[code] ?? 0) * (1 - SMOOTHING) + points[i] * SMOOTHING;
        if (value >= LEAST_POINTS) smoothed[code] = value;
      });
      after[score.detector] = smoothed;
    }
    this.state.deviations = after;
  }

  /** Shares a detector's points out: the unit with the largest contributions bears all of them. */
  private pointsByTag(
    { statistic, limit, normalRatio, contributions }: DetectorScore,
    tagCodes: readonly string[],
  ): Float64Array {
    const column = new Map(tagCodes.map((code, i) => [code, i]));
    const sums = [...this.units.values()].map((tags) =>
      tags.reduce((sum, { code }) => sum + (contributions[column.get(code) ?? -1] ?? 0), 0),
    );
    const largest = Math.max(...sums);
    const points = deviationPoints(statistic, limit, normalRatio);
    return contributions.map((contribution) => (largest > 0 ? (points * contribution) / largest : 0));
  }

  private scoreUnit(
    equipmentId: number,
    tags: readonly TrackedTag[],
    unwatched: ReadonlySet<string>,
    ts: number,
  ): EquipmentScore[] {
    // A tag that comes seldom is not silent in between.
    const silent = tags.filter((tag) => !unwatched.has(tag.code) && this.isSilent(tag, ts));
    const speaking = tags.filter((tag) => !silent.includes(tag));
    if (!speaking.some(({ code }) => this.state.spoken?.[code])) return [];
    const unwatchedTags = speaking.filter(({ code }) => unwatched.has(code));
    if (unwatchedTags.length > 0 && continuousOf(speaking).every((tag) => unwatchedTags.includes(tag)))
      return [];
    const drivers = [
      ...this.deviationDrivers(tags),
      ...speaking.flatMap(({ code }) => this.limitDriver(code)),
      ...silent.map((tag) =>
        aDriver(this.isBad(tag, ts) ? 'bad_quality' : 'stale', tag.code, stalePoints(tags.length)),
      ),
      ...unwatchedTags.map(({ code }) => aDriver('sampling', code, stalePoints(tags.length))),
    ];
    return [{ equipmentId, ts, ...scoreOf(drivers) }];
  }

  private isSilent(tag: TrackedTag, ts: number): boolean {
    return ts - (this.state.seenAt[tag.code] ?? ts) > silentAfterMs(tag);
  }

  /** Of a silent sensor: whether it goes on sending bad values. */
  private isBad(tag: TrackedTag, ts: number): boolean {
    return ts - (this.state.badAt?.[tag.code] ?? -Infinity) <= silentAfterMs(tag);
  }

  /** What the detector that takes most from this unit takes. */
  private deviationDrivers(tags: readonly TrackedTag[]): HealthDriver[] {
    let worst: HealthDriver[] = [];
    let most = 0;
    for (const [detector, points] of Object.entries(this.state.deviations)) {
      const drivers = tags.flatMap(({ code }) =>
        code in points
          ? [aDriver('deviation', code, points[code], { detector: detector as DetectorName })]
          : [],
      );
      const total = drivers.reduce((sum, driver) => sum + driver.points, 0);
      if (total <= most) continue;
      worst = drivers;
      most = total;
    }
    return worst;
  }

  private limitDriver(code: string): HealthDriver[] {
    const { alarms, values } = this.state;
    if (!(code in alarms)) return [];
    const limit = alarms[code];
    return [aDriver('limit', code, limitPoints(limit), { limit, value: values[code] ?? null })];
  }
}

/** The tags with a new value at every sample of the plant; all of them when there are analysers only. */
function continuousOf(tags: readonly TrackedTag[]): readonly TrackedTag[] {
  const continuous = tags.filter(({ samplingIntervalMs }) => samplingIntervalMs <= SAMPLING_INTERVAL_MS);
  return continuous.length > 0 ? continuous : tags;
}

function silentAfterMs({ samplingIntervalMs }: TrackedTag): number {
  return SILENT_INTERVALS * Math.max(samplingIntervalMs, SAMPLING_INTERVAL_MS);
}

function valuesOf({ values }: ScoredSample, tagCodes: readonly string[]): TagValues {
  const known: ByTag<number> = {};
  tagCodes.forEach((code, i) => {
    if (!Number.isNaN(values[i])) known[code] = values[i];
  });
  return known;
}

function aDriver(
  reason: HealthDriver['reason'],
  tag: string,
  points: number,
  details: Partial<HealthDriver> = {},
): HealthDriver {
  return { reason, tag, points, detector: null, limit: null, value: null, ...details };
}
