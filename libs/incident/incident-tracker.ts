import type { SensorTag } from '#equipment';
import {
  type DetectorName,
  type IncidentChange,
  IncidentGrouping,
  type IncidentGroupingSnapshot,
  type Incident,
} from '#ml';
import { LONGEST_GAP_MS, type ScoredSample } from '#anomaly';
import { isFrozen, type TagValues } from '#tep';
import { type AlarmSettings, limitState } from '#timeseries';
import { nextDiagnosisAfter } from './diagnosis-times.js';

/** What the tracker needs to know of a tag. */
export type LimitedTag = Pick<SensorTag, 'code'> & AlarmSettings;

/** What the tracker remembers between two samples, JSON-serialisable. */
export interface IncidentTrackerState {
  grouping: IncidentGroupingSnapshot;
  lastTs: number | null;
  /** Values of the last sample. */
  values: TagValues;
  /** Plant time from which on the open incident is to be diagnosed again; null for never, or when none is open. */
  diagnoseAt: number | null;
}

/** What became of an incident with a sample. */
export interface TrackedChange extends IncidentChange {
  ts: number;
  /** Whether the samples up to this one are to be diagnosed. */
  diagnose: boolean;
}

/** Follows incidents along scored samples: what a sample shows is looked up here, what it means in {@link IncidentGrouping}. */
export class IncidentTracker {
  private readonly grouping = new IncidentGrouping();
  private lastTs: number | null = null;
  private values: TagValues = {};
  private diagnoseAt = Infinity;

  constructor(
    private readonly tags: ReadonlyMap<string, LimitedTag>,
    state?: IncidentTrackerState,
  ) {
    if (state === undefined) return;
    this.grouping.restore(state.grouping);
    this.lastTs = state.lastTs;
    this.values = { ...state.values };
    this.diagnoseAt = state.diagnoseAt ?? Infinity;
  }

  /** The state with an incident that is open, of which nothing else is known. */
  static resuming(incident: Incident | null): IncidentTrackerState {
    return {
      grouping: { episodes: null, beginning: null, repeated: 0, beyond: [], incident },
      lastTs: null,
      values: {},
      diagnoseAt: incident && incident.lastSignAt,
    };
  }

  /**
   * @param tagCodes of the sample's values and contributions
   * @param primary the detector that opens incidents; none when no detector is in use
   */
  step(
    sample: ScoredSample,
    tagCodes: readonly string[],
    primary: DetectorName | undefined,
  ): TrackedChange[] {
    const { ts } = sample;
    const values = valuesOf(sample, tagCodes);
    if (this.lastTs !== null && ts - this.lastTs > LONGEST_GAP_MS) this.grouping.interrupt();
    const repeats = isFrozen(this.values, values);
    this.lastTs = ts;
    this.values = values;
    const reading = sample.scores.find(({ detector }) => detector === primary);
    const beyondLimit = Object.entries(values).flatMap(([code, value]) => {
      const tag = this.tags.get(code);
      return tag && value !== undefined && ['LL', 'HH'].includes(limitState(value, tag)) ? [code] : [];
    });
    const isBeyond = reading !== undefined && reading.statistic > reading.limit;
    return this.grouping
      .step({ ts, reading, tagCodes, beyondLimit, repeats })
      .map((change) => ({ ...change, ts, diagnose: this.isDue(change, ts, isBeyond && !repeats) }));
  }

  snapshot(): IncidentTrackerState {
    const { lastTs, values } = this;
    const diagnoseAt = Number.isFinite(this.diagnoseAt) ? this.diagnoseAt : null;
    return { grouping: this.grouping.snapshot(), lastTs, values: { ...values }, diagnoseAt };
  }

  /** Diagnosed is what is in alarm: in between the network rightly calls the plant normal, and a standstill is not informative. */
  private isDue({ kind, incident }: IncidentChange, ts: number, isInformative: boolean): boolean {
    if (kind === 'opened') this.diagnoseAt = ts;
    if (kind === 'closed') this.diagnoseAt = Infinity;
    if (!isInformative || ts < this.diagnoseAt) return false;
    this.diagnoseAt = nextDiagnosisAfter(incident.detectedAt, ts);
    return true;
  }
}

function valuesOf({ values }: ScoredSample, tagCodes: readonly string[]): TagValues {
  const known: Record<string, number> = {};
  tagCodes.forEach((code, i) => {
    if (!Number.isNaN(values[i])) known[code] = values[i];
  });
  return known;
}
