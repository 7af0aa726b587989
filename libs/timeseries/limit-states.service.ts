import type { SensorTag } from '#equipment';
import { Injectable } from '@nestjs/common';
import { type AlarmLimit, isWithinDeadband, limitState, type LimitState } from './limit-alarm.js';
import { BAD_QUALITY, type LatestSample } from './samples/sample-columns.js';

/** The limits of each tag whose alarms are active, by the tag's id. */
export type ActiveLimits = ReadonlyMap<number, readonly AlarmLimit[]>;

/**
 * Where the newest values stand among the limits of their tags: the one answer for whoever shows values. A value is beyond
 * a limit as the alarm of that limit has it, whose memory decides within the deadband.
 */
@Injectable()
export class LimitStates {
  private readActive: () => Promise<ActiveLimits> = () => Promise.resolve(new Map());

  /** Whoever keeps the alarms registers here how to ask for the active ones. */
  readFrom(readActive: () => Promise<ActiveLimits>): void {
    this.readActive = readActive;
  }

  /** @returns the state of each tag that has a sample, by its id; null where that is bad */
  async of(
    tags: readonly SensorTag[],
    latest: ReadonlyMap<number, LatestSample>,
  ): Promise<ReadonlyMap<number, LimitState | null>> {
    const sent = tags.flatMap((tag) => {
      const sample = latest.get(tag.id);
      return sample ? [{ tag, sample }] : [];
    });
    const asksAlarms = sent.some(({ tag, sample }) => isWithinDeadband(sample.value, tag));
    const active = asksAlarms ? await this.readActive() : new Map<number, readonly AlarmLimit[]>();
    return new Map(
      sent.map(({ tag, sample: { value, quality } }) => [
        tag.id,
        quality === BAD_QUALITY ? null : limitState(value, tag, active.get(tag.id)),
      ]),
    );
  }
}
