import { EquipmentService } from '#equipment';
import { isoTime } from '#platform';
import {
  type LatestSample,
  isWithinDeadband,
  type LimitState,
  LimitStates,
  QUALITIES,
  type QualityName,
  SampleFeed,
  SeriesReader,
  TagDirectory,
} from '#timeseries';
import { Injectable } from '@nestjs/common';

/** A tag's next value waits until its last is this old. */
const PUBLISHED_EVERY_MS = 1_000;

/** The newest sample of a tag, as streams carry it. */
export interface SampleState {
  tag: string;
  eq_id: string;
  ts: string;
  value: number;
  quality: QualityName;
  /** null of a bad value. */
  limit_state: LimitState | null;
}

interface Published {
  /** What was published last; undefined before the first. */
  state: SampleState | undefined;
  at: number;
}

/**
 * The newest sample of every tag, for all streams of a process: the first change is published at once, what changes meanwhile when a
 * second has passed. It is the state that is published, not its history: values in between are left out.
 */
@Injectable()
export class LatestSamples {
  private position = -1;
  private readFor: ReadonlyMap<string, unknown> | undefined;
  /** Alarms decide where some of the values stand. */
  private asksAlarms = false;
  private newest = new Map<string, SampleState>();
  private readonly published = new Map<string, Published>();

  constructor(
    private readonly feed: SampleFeed,
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
    private readonly equipment: EquipmentService,
    private readonly limitStates: LimitStates,
  ) {}

  /** What has been published of every tag so far. */
  get state(): SampleState[] {
    return [...this.published.values()].flatMap(({ state }) => state ?? []);
  }

  /** Reads what has been written since. @returns what is to be published now */
  async changed(): Promise<SampleState[]> {
    await this.read();
    const now = performance.now();
    const due: SampleState[] = [];
    for (const [code, state] of this.newest) {
      const published = this.published.get(code);
      if (published?.state && (isSame(published.state, state) || now - published.at < PUBLISHED_EVERY_MS))
        continue;
      this.published.set(code, { state, at: now });
      due.push(state);
    }
    return due;
  }

  /** How long until more is to be published if nothing is written; Infinity when all is. */
  get dueInMs(): number {
    let earliest = Infinity;
    for (const [code, state] of this.newest) {
      const published = this.published.get(code);
      if (published?.state && !isSame(published.state, state))
        earliest = Math.min(earliest, published.at + PUBLISHED_EVERY_MS);
    }
    return Math.max(0, earliest - performance.now());
  }

  private async read(): Promise<void> {
    const tags = await this.tags.all();
    // Asked first: what is written meanwhile is read once more.
    const position = await this.feed.position();
    if (position === this.position && tags === this.readFor && !this.asksAlarms) return;
    const latest = await this.reader.latest([...tags.values()].map(({ id }) => id));
    const states = await this.limitStates.of([...tags.values()], latest);
    const codes = new Map((await this.equipment.findAll()).map(({ id, code }) => [id, code]));
    this.newest = new Map(
      [...tags.values()].flatMap((tag): [string, SampleState][] => {
        const sample: LatestSample | undefined = latest.get(tag.id);
        if (!sample) return [];
        return [
          [
            tag.code,
            {
              tag: tag.code,
              eq_id: codes.get(tag.equipmentId) ?? '',
              ts: isoTime(sample.ts),
              value: sample.value,
              quality: QUALITIES[sample.quality],
              limit_state: states.get(tag.id) ?? null,
            },
          ],
        ];
      }),
    );
    this.asksAlarms = [...tags.values()].some((tag) => {
      const sample = latest.get(tag.id);
      return sample !== undefined && isWithinDeadband(sample.value, tag);
    });
    this.position = position;
    this.readFor = tags;
  }
}

function isSame(a: SampleState, b: SampleState): boolean {
  return a.ts === b.ts && a.value === b.value && a.quality === b.quality && a.limit_state === b.limit_state;
}
