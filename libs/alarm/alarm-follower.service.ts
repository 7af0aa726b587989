import { setImmediate } from 'node:timers/promises';
import type { SensorTag } from '#equipment';
import { Injectable } from '@nestjs/common';
import { Database, Leases, loggerOf, Metrics } from '#platform';
import {
  ALARM_LIMITS,
  type AlarmSettings,
  type FeedPage,
  limitOf,
  type SampleMatrix,
  SampleFeed,
  SeriesReader,
  TagDirectory,
} from '#timeseries';
import {
  type AlarmCheckpoint,
  AlarmCheckpointRepository,
  REMEMBERED_MS,
} from './alarm-checkpoint.repository.js';
import { AlarmCorrections } from './alarm-corrections.service.js';
import { ALARM_LEASE } from './alarm-status.service.js';
import { AlarmRepository, type LimitAlarmRow } from './alarm.repository.js';
import { AlarmTransitions, type Reevaluated } from './alarm-transitions.service.js';
import type { EvaluatedChange } from './journal-differences.js';
import { LimitAlarmTracker, type LimitedTag, limitKey, type LimitTransition } from './limit-alarm-tracker.js';
import { type LimitSettings, settingsAfter, withSettings } from './limit-history.js';

const FEED_PAGE = 1_000;
/** Evaluated and committed at once; some tens of milliseconds. */
const VALUES_AT_ONCE = 20_000;
const ROWS_IN_ONE_GO = 20;
/** Where there are no samples, the stretch that is looked at doubles up to this. */
const SHORTEST_STRETCH_MS = 3_600_000;
const LONGEST_STRETCH_MS = 32 * 24 * 3_600_000;

/** Of a tag whose limits have been taken away. */
const NO_LIMITS = {
  limitLl: null,
  limitL: null,
  limitH: null,
  limitHh: null,
  deadband: 0,
  onDelayMs: 0,
  offDelayMs: 0,
};

/** Alarms by {@link limitKey}. */
type AlarmIds = ReadonlyMap<string, number>;

/**
 * Evaluates every stored sample against the limits of its tag, in order of time. What a stretch of samples shows and the
 * position it has reached are committed together, so that whoever takes over loses no transition and writes none twice. When
 * samples come late, it goes back to the checkpoint before them; what turns out otherwise is corrected in the journal.
 */
@Injectable()
export class AlarmFollower {
  private readonly logger = loggerOf('alarms');
  private readonly unevaluated;
  private at: AlarmCheckpoint | undefined;
  private stretchMs = SHORTEST_STRETCH_MS;

  constructor(
    private readonly database: Database,
    private readonly leases: Leases,
    private readonly feed: SampleFeed,
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
    private readonly checkpoints: AlarmCheckpointRepository,
    private readonly alarms: AlarmRepository,
    private readonly corrections: AlarmCorrections,
    private readonly transitions: AlarmTransitions,
    metrics: Metrics,
  ) {
    this.unevaluated = metrics.counter(
      'alarm_late_unjudged_total',
      'Late writes older than the alarms remember, which are not judged',
    );
  }

  /** Takes up what was reached. */
  async open(): Promise<void> {
    this.at = await this.checkpoints.newest();
    this.stretchMs = SHORTEST_STRETCH_MS;
  }

  /**
   * Evaluates the next stretch of samples.
   * @returns whether there may be more to evaluate at once
   * @throws LeaseLostError when another process has taken over
   */
  async followNext(): Promise<boolean> {
    const before = this.at ?? (await this.checkpoints.newest()) ?? (await this.begin());
    if (!before) return false;
    // What goes wrong half way is evaluated again from what is committed.
    this.at = undefined;
    const page = await this.feed.entriesAfter(before.feedPosition, FEED_PAGE);
    const at = await this.advance(before, page);
    if (at.positionTs >= at.snapshot.horizonTs) {
      this.at = at;
      return page.entries.length === FEED_PAGE;
    }
    this.at = await this.evaluate(at);
    return this.at.positionTs < this.at.snapshot.horizonTs;
  }

  /** The checkpoint before the first sample there is to evaluate; none before there are samples. */
  private async begin(): Promise<AlarmCheckpoint | undefined> {
    const feedPosition = await this.feed.position();
    const horizonTs = await this.newestSample();
    if (horizonTs === undefined) return undefined;
    const first: AlarmCheckpoint = {
      positionTs: Math.max(0, horizonTs - REMEMBERED_MS),
      feedPosition,
      snapshot: { tracker: {}, limits: [], horizonTs, again: null },
    };
    await this.database.transaction(async () => {
      await this.leases.assertHeld(ALARM_LEASE);
      await this.checkpoints.write(first);
    });
    return first;
  }

  /** Takes note of what was written, and goes back when some of it came late. */
  private async advance(
    before: AlarmCheckpoint,
    { entries, position, hasGap }: FeedPage,
  ): Promise<AlarmCheckpoint> {
    const newest = hasGap ? await this.newestSample() : undefined;
    const horizonTs = Math.max(
      before.snapshot.horizonTs,
      newest ?? -Infinity,
      ...entries.map(({ toTs }) => toTs),
    );
    const at = { ...before, feedPosition: position, snapshot: { ...before.snapshot, horizonTs } };
    const late = entries.filter(({ fromTs }) => fromTs <= at.positionTs);
    if (late.length === 0) return at;
    const oldest = (await this.checkpoints.oldestPosition()) ?? at.positionTs;
    const evaluated = late.filter(({ toTs }) => toTs > oldest);
    const lost = late.length - evaluated.length;
    if (lost > 0) {
      this.unevaluated.inc(lost);
      this.logger.warn({ writes: lost }, 'late samples are older than the alarms remember; not evaluated');
    }
    return evaluated.length === 0
      ? this.pass(at)
      : this.rewind(at, Math.max(oldest + 1, Math.min(...evaluated.map(({ fromTs }) => fromTs))));
  }

  /** Leaves writes behind that are not evaluated, so that nobody takes them for waiting ones. */
  private async pass(at: AlarmCheckpoint): Promise<AlarmCheckpoint> {
    await this.database.transaction(async () => {
      await this.leases.assertHeld(ALARM_LEASE);
      await this.checkpoints.write(at);
    });
    return at;
  }

  /** Goes back to the checkpoint before late samples, so that they are evaluated in their place. */
  private async rewind(at: AlarmCheckpoint, lateFrom: number): Promise<AlarmCheckpoint> {
    const before = await this.checkpoints.before(lateFrom);
    if (!before) return at;
    this.logger.info({ from: lateFrom, back_to: before.positionTs }, 'late samples: evaluating again');
    const { again, horizonTs, limits } = at.snapshot;
    const until = Math.max(at.positionTs, again?.until ?? 0);
    const next: AlarmCheckpoint = {
      ...before,
      feedPosition: at.feedPosition,
      snapshot: { ...before.snapshot, limits, horizonTs, again: { until, alarmIds: again?.alarmIds ?? [] } },
    };
    await this.database.transaction(async () => {
      await this.leases.assertHeld(ALARM_LEASE);
      await this.checkpoints.deleteAfter(before.positionTs);
      await this.checkpoints.write(next);
    });
    return next;
  }

  private async evaluate(at: AlarmCheckpoint): Promise<AlarmCheckpoint> {
    const { again, horizonTs } = at.snapshot;
    const tracker = new LimitAlarmTracker(at.snapshot.tracker);
    // Limits that somebody has changed in another process hold from the next sample on.
    this.tags.forget();
    const all = [...(await this.tags.all()).values()];
    const alarmIds = await this.layDown(all);
    const limits = again
      ? at.snapshot.limits
      : withSettings(at.snapshot.limits, at.positionTs, settingsOf(all), at.positionTs - REMEMBERED_MS);
    const { settings, until } = settingsAfter(limits, at.positionTs);
    const tags = all
      .map((tag): LimitedTag => ({ ...(settings[tag.id] ?? NO_LIMITS), id: tag.id }))
      .filter((tag) => hasLimits(tag) || tracker.knows(tag.id));
    const end = Math.min(again?.until ?? horizonTs, until);
    const { samples, to } = await this.nextSamples(tags, at.positionTs, end);
    const changes = (await trackSamples(tracker, tags, samples)).map((each) => changeOf(each, alarmIds));
    return this.database.transaction(async () => {
      await this.leases.assertHeld(ALARM_LEASE);
      const snapshot = { ...at.snapshot, tracker: tracker.snapshot(), limits };
      if (again === null) await this.transitions.apply(changes.map(({ change }) => change));
      else {
        const wrong = await this.corrections.write(changes, at.positionTs, to);
        snapshot.again = { ...again, alarmIds: [...new Set([...again.alarmIds, ...wrong])] };
        if (to >= again.until) {
          await this.transitions.settle(reevaluated(all, alarmIds, tracker, snapshot.again.alarmIds), to);
          snapshot.again = null;
        }
      }
      const next = { positionTs: to, feedPosition: at.feedPosition, snapshot };
      await this.checkpoints.write(next);
      await this.checkpoints.prune(to);
      return next;
    });
  }

  /** @returns the alarm of every limit there is or was */
  private async layDown(tags: readonly SensorTag[]): Promise<AlarmIds> {
    const known = new Map(
      (await this.alarms.findOfLimits()).map((row) => [limitKey(row.tagId ?? 0, row.limitName ?? 'H'), row]),
    );
    const lacking: LimitAlarmRow[] = tags.flatMap((tag) =>
      ALARM_LIMITS.filter((limit) => {
        const row = known.get(limitKey(tag.id, limit));
        return row ? row.priority !== tag.priority : limitOf(tag, limit) !== null;
      }).map((limitName) => ({
        tagId: tag.id,
        limitName,
        equipmentId: tag.equipmentId,
        priority: tag.priority,
      })),
    );
    if (lacking.length > 0) {
      await this.alarms.layDown(lacking);
      return this.layDown(tags);
    }
    return new Map([...known].map(([key, { id }]) => [key, id]));
  }

  /** Samples in `(after, until]`, so many as are evaluated at once. */
  private async nextSamples(
    tags: readonly LimitedTag[],
    after: number,
    until: number,
  ): Promise<{ samples: SampleMatrix; to: number }> {
    const tagIds = tags.map(({ id }) => id);
    let to = Math.min(after + this.stretchMs, until);
    for (; to - after > 1; to = Math.floor((after + to) / 2))
      if ((await this.reader.count(tagIds, after + 1, to + 1)) <= VALUES_AT_ONCE) break;
    const samples = await this.reader.readMatrix({ tagIds, from: after + 1, to: to + 1 });
    const isEmpty = samples.timestamps.length === 0;
    this.stretchMs = isEmpty ? Math.min(2 * this.stretchMs, LONGEST_STRETCH_MS) : SHORTEST_STRETCH_MS;
    return { samples, to };
  }

  private async newestSample(): Promise<number | undefined> {
    const ids = [...(await this.tags.all()).values()].map(({ id }) => id);
    const times = [...(await this.reader.latest(ids)).values()].map(({ ts }) => ts);
    return times.length > 0 ? Math.max(...times) : undefined;
  }
}

/** Lets others run between two rows now and then. */
async function trackSamples(
  tracker: LimitAlarmTracker,
  tags: readonly LimitedTag[],
  { timestamps, values }: SampleMatrix,
): Promise<LimitTransition[]> {
  const found: LimitTransition[] = [];
  for (let row = 0; row < timestamps.length; row++) {
    tags.forEach((tag, i) =>
      found.push(...tracker.step(tag, timestamps[row], values[row * tags.length + i])),
    );
    if (row % ROWS_IN_ONE_GO === 0) await setImmediate();
  }
  return found;
}

function settingsOf(tags: readonly SensorTag[]): LimitSettings {
  return Object.fromEntries(
    tags
      .filter(hasLimits)
      .map(({ id, limitLl, limitL, limitH, limitHh, deadband, onDelayMs, offDelayMs }) => [
        id,
        { limitLl, limitL, limitH, limitHh, deadband, onDelayMs, offDelayMs },
      ]),
  );
}

function hasLimits(tag: AlarmSettings): boolean {
  return ALARM_LIMITS.some((limit) => limitOf(tag, limit) !== null);
}

function changeOf(transition: LimitTransition, alarmIds: AlarmIds): EvaluatedChange {
  const { tagId, limit, active, ts, value, limitValue, since, isOutranked } = transition;
  return {
    change: {
      alarmId: alarmIds.get(limitKey(tagId, limit)) ?? 0,
      event: { type: active ? 'activate' : 'return' },
      reason: { plantAt: ts, cause: limitValue === null ? 'settings' : 'sample', value, limitValue },
    },
    since,
    isOutranked,
  };
}

/** Where all limit alarms stand after what was evaluated again. */
function reevaluated(
  tags: readonly SensorTag[],
  alarmIds: AlarmIds,
  tracker: LimitAlarmTracker,
  corrected: readonly number[],
): Reevaluated[] {
  return tags.flatMap(({ id: tagId }) =>
    ALARM_LIMITS.flatMap((limit) => {
      const alarmId = alarmIds.get(limitKey(tagId, limit));
      if (alarmId === undefined) return [];
      return [
        {
          alarmId,
          active: tracker.isActive(tagId, limit),
          activeSince: tracker.activeSince(tagId, limit),
          isCorrected: corrected.includes(alarmId),
        },
      ];
    }),
  );
}
