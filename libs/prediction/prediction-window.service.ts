import { contextRows, PredictionInputError, type PredictionWindow, CONTEXT_ROWS } from '#ml';
import { Injectable } from '@nestjs/common';
import { PlantWatch, SAMPLING_INTERVAL_MS, SampleSource } from '#anomaly';
import { AppError, isoTime } from '#platform';
import { type LatestSample, SampleFeed, SeriesReader, TagDirectory } from '#timeseries';
import { DETECTOR_TAGS } from '#tep';

/** A few rows more than the models look at, so that a gap at the edge is seen as one. */
const WINDOW_MS = (CONTEXT_ROWS + 10) * SAMPLING_INTERVAL_MS;
/** The newest sample may be this much older than the moment asked for. */
const STALE_MS = 10 * SAMPLING_INTERVAL_MS;
/** Many requests about the same moment share one read, until a sample is written; settings of tags are seen by then. */
const SHARED_FOR_MS = 3_000;
const SHARED_WINDOWS = 8;

interface SharedWindow {
  readonly readAt: number;
  /** Of the last write of samples before it was read. */
  readonly position: number;
  readonly window: Promise<PredictionWindow>;
}

/** Reads the samples a prediction is made from. */
@Injectable()
export class PredictionWindows {
  private readonly shared = new Map<number, SharedWindow>();

  constructor(
    private readonly source: SampleSource,
    private readonly watch: PlantWatch,
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
    private readonly feed: SampleFeed,
  ) {}

  /**
   * Time of the newest sample up to a moment that is not bad: what a prediction from that moment starts at.
   * @throws AppError WINDOW_STALE when it is too long before that moment, or there is none
   */
  async newestSample(until: number): Promise<number> {
    const known = await this.tags.all();
    const ids = DETECTOR_TAGS.flatMap((code) => known.get(code)?.id ?? []);
    const newest = newestOf(await this.reader.latestUsable(ids, until - STALE_MS, until));
    if (newest === undefined) throw stale(until, newestOf(await this.reader.latest(ids, until)));
    return newest;
  }

  /**
   * The samples up to `at`, checked to be enough for a prediction.
   * @throws AppError SAMPLING_NOT_LEARNT, WINDOW_TOO_SHORT, WINDOW_HAS_GAPS, TAG_MISSING (all 422, saying what is
   *   missing)
   */
  async read(at: number): Promise<PredictionWindow> {
    // Asked before the samples are read: one that is written in between makes the next read another one.
    const position = await this.feed.position();
    const known = this.shared.get(at);
    if (known?.position === position && performance.now() - known.readAt < SHARED_FOR_MS) return known.window;
    const read = { readAt: performance.now(), position, window: this.readChecked(at) };
    read.window.catch(() => {
      if (this.shared.get(at) === read) this.shared.delete(at);
    });
    this.shared.delete(at);
    this.shared.set(at, read);
    for (const oldest of this.shared.keys()) {
      if (this.shared.size <= SHARED_WINDOWS) break;
      this.shared.delete(oldest);
    }
    return read.window;
  }

  private async readChecked(at: number): Promise<PredictionWindow> {
    const refusal = (await this.watch.at(at)).refusal();
    if (refusal) throw refusal;
    const samples = await this.source.readSamples(DETECTOR_TAGS, at - WINDOW_MS, at + 1);
    const { values } = samples;
    const width = DETECTOR_TAGS.length;
    // What lies before a change of the grid is spaced otherwise than the rest.
    const first = Math.max(0, samples.afresh.lastIndexOf(1));
    const timestamps = samples.timestamps.subarray(first);
    const window: PredictionWindow = {
      timestamps: Array.from(timestamps),
      tags: Object.fromEntries(
        DETECTOR_TAGS.map((code, column) => [
          code,
          Float64Array.from(timestamps, (_, row) => values[(first + row) * width + column]),
        ]),
      ),
    };
    refuseUnusable(window);
    return window;
  }
}

function refuseUnusable(window: PredictionWindow): void {
  try {
    contextRows(window, DETECTOR_TAGS);
  } catch (error) {
    throw error instanceof PredictionInputError ? windowProblem(error) : error;
  }
}

/** The same refusal for those who called the API. */
export function windowProblem({ code, message, details }: PredictionInputError): AppError {
  return AppError.unprocessable(code.toUpperCase(), message, { missing: details });
}

function newestOf(latest: ReadonlyMap<number, LatestSample>): number | undefined {
  const times = [...latest.values()].map(({ ts }) => ts);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** @param newest of any quality */
function stale(at: number, newest: number | undefined): AppError {
  const last =
    newest === undefined
      ? 'there is none before it'
      : newest >= at - STALE_MS
        ? `all since ${isoTime(at - STALE_MS)} are bad`
        : `the newest is of ${isoTime(newest)}`;
  return AppError.unprocessable('WINDOW_STALE', `No samples close to ${isoTime(at)}: ${last}`, {
    missing: { from: newest === undefined ? null : isoTime(newest), to: isoTime(at) },
  });
}
