import { Injectable } from '@nestjs/common';
import type { SensorTag } from '#equipment';
import { MAX_MATRIX_CELLS, SeriesReader, TagDirectory } from '#timeseries';
import { namedOf } from './plant-names.js';
import type { DataQuality } from './content.js';

/** Gaps are looked for sample by sample, which a longer period would make too dear. */
const LONGEST_PERIOD_MS = 48 * 3_600_000;
/** Missing samples in a row that make a gap. */
const GAP_INTERVALS = 3;
const RECORDED_INTERVAL_MS = 180_000;

/** Gathers how much of the expected data arrived. */
@Injectable()
export class QualityGathering {
  constructor(
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
  ) {}

  /** @returns undefined for periods longer than 48 h */
  async inPeriod(from: number, to: number): Promise<DataQuality | undefined> {
    if (to - from > LONGEST_PERIOD_MS) return undefined;
    const tags = [...(await this.tags.all()).values()];
    const gaps: DataQuality['gaps'][number][] = [];
    let receivedSamples = 0;
    let badSamples = 0;
    let expectedSamples = 0;
    for (const group of await this.readableGroups(tags, from, to)) {
      const tagIds = group.map(({ id }) => id);
      const { timestamps, values, bad } = await this.reader.readMatrix(
        { tagIds, from, to },
        { withBad: true },
      );
      badSamples += bad?.reduce((count, mark) => count + mark, 0) ?? 0;
      group.forEach((tag, column) => {
        const interval = Math.max(tag.samplingIntervalMs, RECORDED_INTERVAL_MS);
        const expected = Math.floor((to - from) / interval);
        const longest = interval * GAP_INTERVALS;
        let received = 0;
        let last = from;
        const endGapAt = (time: number): void => {
          if (time - last > longest) gaps.push({ ...namedOf(tag), fromMs: last, toMs: time });
          last = time;
        };
        for (let row = 0; row < timestamps.length; row++) {
          if (Number.isNaN(values[row * group.length + column])) continue;
          received++;
          endGapAt(timestamps[row]);
        }
        endGapAt(to);
        expectedSamples += expected;
        receivedSamples += Math.min(received, expected);
      });
    }
    return { expectedSamples, receivedSamples, badSamples, gaps };
  }

  /** All tags at once, or fewer where they are sampled so often that a matrix of all would be too large. */
  private async readableGroups(
    tags: readonly SensorTag[],
    from: number,
    to: number,
  ): Promise<readonly SensorTag[][]> {
    const samples = await this.reader.count(
      tags.map(({ id }) => id),
      from,
      to,
    );
    const size = Math.max(
      1,
      Math.floor(tags.length / Math.max(1, Math.ceil((2 * samples) / MAX_MATRIX_CELLS))),
    );
    return Array.from({ length: Math.ceil(tags.length / size) }, (_, i) =>
      tags.slice(i * size, (i + 1) * size),
    );
  }
}
