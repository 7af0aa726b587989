import type { LoggedEvent } from '#platform';
import { EVENT_TYPES, type EventType } from './event-types.js';
import type { SampleState } from './latest-samples.service.js';

/** What a stream was asked for; what is left out does not matter. */
export interface StreamWish {
  types?: readonly EventType[] | undefined;
  tags?: readonly string[] | undefined;
  eqId?: string | undefined;
}

/** Topics whose events belong to an equipment. */
const OF_EQUIPMENT: ReadonlySet<string> = new Set<EventType>(['incidents', 'anomalies', 'alarms', 'health']);

/** Which events a stream carries. Streams with the same `key` carry the same bytes. */
export class StreamFilter {
  readonly key: string;
  private readonly types: ReadonlySet<string>;
  private readonly tags: ReadonlySet<string> | undefined;
  private readonly eqId: string | undefined;

  constructor({ types = EVENT_TYPES, tags, eqId }: StreamWish) {
    this.types = new Set<string>(types);
    this.tags = tags && new Set(tags);
    this.eqId = eqId;
    this.key = JSON.stringify([[...types].sort(), tags ? [...tags].sort() : null, eqId ?? null]);
  }

  wants(type: EventType): boolean {
    return this.types.has(type);
  }

  /** An event without an equipment, as that of a row that is gone, is for everybody who wants its topic. */
  wantsEvent({ topic, scope }: LoggedEvent): boolean {
    if (!this.types.has(topic)) return false;
    return this.eqId === undefined || !OF_EQUIPMENT.has(topic) || scope === null || scope === this.eqId;
  }

  samplesOf(samples: readonly SampleState[]): readonly SampleState[] {
    const { tags, eqId } = this;
    if (tags === undefined && eqId === undefined) return samples;
    return samples.filter(
      ({ tag, eq_id }) => (!tags || tags.has(tag)) && (eqId === undefined || eq_id === eqId),
    );
  }
}
