import {
  AlarmEpisodes,
  type AlarmEpisodeSnapshot,
  episodeSeverity,
  type SeverityLevel,
} from './alarm-episode.js';

/** What opens an incident: the primary detector, a shutdown limit (LL, HH), or a plant that stands still. */
export const INCIDENT_TRIGGERS = ['detector', 'limit', 'standstill'] as const;
export type IncidentTrigger = (typeof INCIDENT_TRIGGERS)[number];

/** How the signs of trouble in the plant's samples become incidents. */
export interface IncidentGroupingOptions {
  /**
   * Plant time without a sign after which an incident is over; chosen on runs of the training plan (docs/models.md,
   * "Incidents"). Signs that come sooner belong to it.
   * @default 2 h
   */
  holdMs?: number;
  /** Samples in a row that repeat the one before them until the plant counts as standing still. @default 3 */
  standstillDelay?: number;
}

/** What one plant sample shows. */
export interface IncidentSample {
  /** Plant time, epoch ms. */
  readonly ts: number;
  /** Of the primary detector; undefined while it is not ready. Contributions: one number ≥ 0 for each of `tagCodes`. */
  readonly reading:
    { readonly statistic: number; readonly limit: number; readonly contributions: Float64Array } | undefined;
  readonly tagCodes: readonly string[];
  /** Tags whose value stands beyond a shutdown limit, LL or HH. */
  readonly beyondLimit: readonly string[];
  /** Whether the sample repeats the one before it. */
  readonly repeats: boolean;
}

/** How much one tag spoke for an incident when it began. */
export interface FirstTag {
  tag: string;
  /** Share of all contributions until it was certain, 0 to 1. */
  share: number;
}

/** One event in the plant, as far as it is known. */
export interface Incident {
  openedBy: IncidentTrigger;
  /** First sample that showed it, epoch ms. */
  startedAt: number;
  /** Sample with which it was certain, epoch ms. */
  detectedAt: number;
  /** Last sample that showed it, epoch ms. */
  lastSignAt: number;
  /** As `lastSignAt`, once it is over; null before. */
  endedAt: number | null;
  /** Largest statistic of the primary detector over its limit, and when. */
  peakRatio: number;
  peakAt: number;
  /** Whether a shutdown limit was reached, or the plant stood still. */
  grave: boolean;
  /** Tags that moved first, the loudest first. */
  firstTags: FirstTag[];
}

/** What a sample did: an incident began, goes on, or is over. */
export interface IncidentChange {
  kind: 'opened' | 'continued' | 'closed';
  incident: Incident;
}

/** Consecutive samples beyond the limit that have not become an incident yet, and how much each tag spoke in them. */
interface Beginning {
  startedAt: number;
  shareSums: Record<string, number>;
}

/** State between two samples, JSON-serialisable. */
export interface IncidentGroupingSnapshot {
  episodes: AlarmEpisodeSnapshot;
  beginning: Beginning | null;
  repeated: number;
  beyond: string[];
  incident: Incident | null;
}

const HOUR_MS = 3_600_000;
const NAMED_TAGS = 5;
/** The lower threshold of alarm episodes as a share of the limit: while one is open its samples are signs. */
const LOWER_THRESHOLD = 0.9;
/** The alarm episodes of this rule need no shares of their own. */
const NO_CONTRIBUTIONS = new Float64Array();

/**
 * Makes one incident of one event, sample by sample. The primary detector opens it when it has been beyond its limit for as
 * long as its alarms take (on-delay of {@link AlarmEpisodes}); a tag that reaches a shutdown limit opens it at once, and so does
 * a plant that stands still, after three samples. From then on every single sample beyond the lower threshold of alarms, every
 * limit that is reached and every sample of a standstill is a sign of it, and it is over once there has been none for the hold
 * time, so that an alarm that flickers stays one incident. A tag that stays beyond its limit is no further sign: one with a
 * wrong limit would keep an incident open for ever.
 */
export class IncidentGrouping {
  /** See {@link IncidentGroupingOptions.holdMs}. */
  static readonly HOLD_MS = 2 * HOUR_MS;

  private readonly holdMs: number;
  private readonly standstillDelay: number;
  private readonly episodes = new AlarmEpisodes();
  private beginning: Beginning | null = null;
  private repeated = 0;
  private beyond: string[] = [];
  private incident: Incident | null = null;

  /** @throws RangeError when the hold time is not positive or the delay not a whole number ≥ 1 */
  constructor({ holdMs = IncidentGrouping.HOLD_MS, standstillDelay = 3 }: IncidentGroupingOptions = {}) {
    if (!(holdMs > 0)) throw new RangeError(`holdMs ${holdMs} is not positive`);
    if (!Number.isInteger(standstillDelay) || standstillDelay < 1)
      throw new RangeError(`standstillDelay ${standstillDelay} is not a whole number ≥ 1`);
    this.holdMs = holdMs;
    this.standstillDelay = standstillDelay;
  }

  /** Takes the next sample. @returns what became of incidents, in order: one may close and another open */
  step(sample: IncidentSample): IncidentChange[] {
    const changes = this.closeQuiet(sample.ts);
    const reached = this.newlyReached(sample);
    const trigger = this.triggerOf(sample, reached);
    if (this.incident === null && trigger !== undefined) {
      this.incident = this.begin(sample.ts, trigger, reached);
      this.noteSign(this.incident, sample, reached);
      return [...changes, { kind: 'opened', incident: structuredClone(this.incident) }];
    }
    if (this.incident === null) return changes;
    if (trigger !== undefined || isSign(sample)) this.noteSign(this.incident, sample, reached);
    return [...changes, { kind: 'continued', incident: structuredClone(this.incident) }];
  }

  /** The samples stop for longer than the detector remembers: what had begun to show is forgotten; an incident goes on. */
  interrupt(): void {
    this.episodes.interrupt(0);
    this.beginning = null;
    this.repeated = 0;
  }

  snapshot(): IncidentGroupingSnapshot {
    const { beginning, repeated, beyond, incident } = this;
    return structuredClone({ episodes: this.episodes.snapshot(), beginning, repeated, beyond, incident });
  }

  restore(snapshot: IncidentGroupingSnapshot): void {
    const { episodes, beginning, repeated, beyond, incident } = structuredClone(snapshot);
    this.episodes.restore(episodes);
    Object.assign(this, { beginning, repeated, beyond, incident });
  }

  private closeQuiet(ts: number): IncidentChange[] {
    const { incident } = this;
    if (incident === null || ts - incident.lastSignAt < this.holdMs) return [];
    this.incident = null;
    return [{ kind: 'closed', incident: { ...incident, endedAt: incident.lastSignAt } }];
  }

  /** Tags that were inside their limits with the sample before. */
  private newlyReached({ beyondLimit }: IncidentSample): string[] {
    const reached = beyondLimit.filter((tag) => !this.beyond.includes(tag));
    this.beyond = [...beyondLimit];
    return reached;
  }

  private triggerOf(
    { ts, reading, tagCodes, repeats }: IncidentSample,
    reached: readonly string[],
  ): IncidentTrigger | undefined {
    this.repeated = repeats ? this.repeated + 1 : 0;
    if (reading) {
      this.noteBeginning(ts, reading, tagCodes);
      this.episodes.step(ts, reading.statistic, reading.limit, NO_CONTRIBUTIONS);
    }
    if (this.repeated >= this.standstillDelay) return 'standstill';
    if (reached.length > 0) return 'limit';
    return reading && this.episodes.isOpen && reading.statistic > reading.limit ? 'detector' : undefined;
  }

  private noteBeginning(
    ts: number,
    { statistic, limit, contributions }: NonNullable<IncidentSample['reading']>,
    tagCodes: readonly string[],
  ): void {
    if (!(statistic > limit)) {
      this.beginning = null;
      return;
    }
    if (this.incident !== null) return;
    this.beginning ??= { startedAt: ts, shareSums: {} };
    const { shareSums } = this.beginning;
    const total = contributions.reduce((sum, each) => sum + each, 0);
    if (!(total > 0)) return;
    tagCodes.forEach((tag, i) => {
      if (contributions[i] > 0) shareSums[tag] = (shareSums[tag] ?? 0) + contributions[i] / total;
    });
  }

  private begin(ts: number, openedBy: IncidentTrigger, reached: readonly string[]): Incident {
    const { beginning } = this;
    this.beginning = null;
    const shareSums =
      openedBy === 'limit'
        ? Object.fromEntries(reached.map((tag) => [tag, 1]))
        : (beginning?.shareSums ?? {});
    return {
      openedBy,
      startedAt: openedBy === 'detector' ? (beginning?.startedAt ?? ts) : ts,
      detectedAt: ts,
      lastSignAt: ts,
      endedAt: null,
      peakRatio: 0,
      peakAt: ts,
      grave: false,
      firstTags: loudest(shareSums),
    };
  }

  private noteSign(incident: Incident, { ts, reading }: IncidentSample, reached: readonly string[]): void {
    incident.lastSignAt = ts;
    incident.grave ||= reached.length > 0 || this.repeated >= this.standstillDelay;
    const ratio = reading ? reading.statistic / reading.limit : 0;
    if (ratio <= incident.peakRatio) return;
    incident.peakRatio = ratio;
    incident.peakAt = ts;
  }
}

/** Critical when a shutdown limit was reached or the plant stood still, else as of an episode. */
export function incidentSeverity({ grave, peakRatio, startedAt, lastSignAt }: Incident): SeverityLevel {
  return grave ? 'critical' : episodeSeverity(peakRatio, lastSignAt - startedAt);
}

function isSign({ reading }: IncidentSample): boolean {
  return reading !== undefined && reading.statistic >= LOWER_THRESHOLD * reading.limit;
}

function loudest(shareSums: Readonly<Record<string, number>>): FirstTag[] {
  const total = Object.values(shareSums).reduce((sum, each) => sum + each, 0);
  return Object.entries(shareSums)
    .map(([tag, sum]) => ({ tag, share: sum / total }))
    .sort((a, b) => b.share - a.share)
    .slice(0, NAMED_TAGS);
}
