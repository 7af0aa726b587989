import type { SensorTag } from '#equipment';
import { isoTime, parseTime } from '#platform';
import {
  GOOD_QUALITY,
  MAX_MAGNITUDE,
  QUALITIES,
  type QualityName,
  type SamplePoint,
} from '../samples/sample-columns.js';

export type RefusalCode =
  'VALIDATION_FAILED' | 'TAG_NOT_FOUND' | 'SAMPLE_INVALID' | 'SAMPLE_IN_FUTURE' | 'SAMPLE_TOO_OLD';

/** What is wrong with one sample; whoever reads the samples adds where it stands. */
export class SampleRefusal extends Error {
  constructor(
    readonly code: RefusalCode,
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

export interface AcceptedTimes {
  /** Epoch milliseconds of the first time accepted: what is older would be removed at once. */
  earliest: number;
  /** Epoch milliseconds of the last time accepted. */
  latest: number;
  /** Whose days are meant by bare dates. */
  timeZone: string;
}

const SAMPLE_FIELDS = new Set(['tag', 'ts', 'value', 'quality']);
const RECORD_FIELDS = new Set(['ts', 'values']);
/** What a refusal shows of a value it quotes. */
const QUOTED_LENGTH = 60;

/** Turns what callers send into samples, or says what is wrong with it. */
export class SampleRules {
  private lastText = '';
  private lastTs = NaN;

  constructor(
    private readonly tags: ReadonlyMap<string, SensorTag>,
    private readonly times: AcceptedTimes,
  ) {}

  /** A sample `{ tag, ts, value, quality? }`. @throws SampleRefusal */
  sample(input: unknown): SamplePoint {
    const { tag, ts, value, quality } = fieldsOf(input, SAMPLE_FIELDS);
    return {
      tagId: this.tagId(tag),
      ts: this.time(ts),
      value: this.value(value),
      quality: this.quality(quality),
    };
  }

  /** The samples of a record `{ ts, values: { TAG: value } }`; null is a missing value. @throws SampleRefusal */
  record(input: unknown): SamplePoint[] {
    const { ts, values } = fieldsOf(input, RECORD_FIELDS);
    if (typeof values !== 'object' || values === null || Array.isArray(values))
      throw new SampleRefusal('VALIDATION_FAILED', 'values', 'must be an object of tags and numbers');
    const time = this.time(ts);
    const points: SamplePoint[] = [];
    for (const [tag, value] of Object.entries(values)) {
      const tagId = this.tagId(tag, `values.${quoted(tag)}`);
      if (value !== null) points.push({ tagId, ts: time, value: this.value(value, `values.${tag}`) });
    }
    return points;
  }

  /** @throws SampleRefusal TAG_NOT_FOUND */
  tagId(code: unknown, field = 'tag'): number {
    const tag = typeof code === 'string' ? this.tags.get(code) : undefined;
    if (!tag) throw new SampleRefusal('TAG_NOT_FOUND', field, `there is no tag ${quoted(code)}`);
    return tag.id;
  }

  /** @throws SampleRefusal when it is no time, too old or in the future */
  time(text: unknown, field = 'ts'): number {
    if (typeof text === 'string' && text === this.lastText) return this.lastTs;
    const { earliest, latest, timeZone } = this.times;
    const ts = timeOf(text, field, timeZone);
    if (ts > latest)
      throw new SampleRefusal(
        'SAMPLE_IN_FUTURE',
        field,
        `is after ${isoTime(latest)}, 5 minutes ahead of the plant's now`,
      );
    if (ts < earliest)
      throw new SampleRefusal(
        'SAMPLE_TOO_OLD',
        field,
        `is before ${isoTime(earliest)}; raw samples are not kept that long (RAW_RETENTION_DAYS)`,
      );
    this.lastText = text as string;
    this.lastTs = ts;
    return ts;
  }

  /** @throws SampleRefusal SAMPLE_INVALID */
  value(value: unknown, field = 'value'): number {
    if (typeof value === 'number' && Math.abs(value) <= MAX_MAGNITUDE) return value;
    throw new SampleRefusal(
      'SAMPLE_INVALID',
      field,
      `must be a finite number up to 1e100, not ${quoted(value)}`,
    );
  }

  /** Index of a quality; good when there is none. @throws SampleRefusal */
  quality(quality: unknown, field = 'quality'): number {
    if (quality === undefined) return GOOD_QUALITY;
    const index = QUALITIES.indexOf(quality as QualityName);
    if (index < 0) throw new SampleRefusal('SAMPLE_INVALID', field, `must be one of ${QUALITIES.join(', ')}`);
    return index;
  }
}

function fieldsOf(input: unknown, known: ReadonlySet<string>): Record<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new SampleRefusal('VALIDATION_FAILED', '', 'must be an object');
  for (const field in input)
    if (!known.has(field))
      throw new SampleRefusal(
        'VALIDATION_FAILED',
        quoted(field),
        `should not exist; known are ${[...known].join(', ')}`,
      );
  return input as Record<string, unknown>;
}

function timeOf(text: unknown, field: string, timeZone: string): number {
  try {
    const ts = typeof text === 'string' ? parseTime(text, field, timeZone) : NaN;
    if (ts >= 0) return ts;
  } catch {
    // parseTime says the same in the words of a query; here it is a sample that is refused
  }
  throw new SampleRefusal(
    'SAMPLE_INVALID',
    field,
    `must be an ISO 8601 time with a zone from 1970 on, e.g. 2026-03-01T08:00:00Z, not ${quoted(text)}`,
  );
}

/** A value as a refusal shows it: short and without control characters. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const short = text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}…` : text;
  return typeof value === 'string' ? JSON.stringify(short) : short;
}
